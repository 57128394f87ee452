"""Links to media, in all spellings."""

import pytest
from marshmallow import ValidationError

from schemas.requests.links import MOST_LINKS, WebAddresses, gather_links

ONE, TWO = "https://photos.example/1,2.jpg", "HTTP://photos.example/2"


@pytest.mark.parametrize(
    "values",
    [
        {"media_url": [ONE, TWO]},
        {"media_url[]": [ONE, "", TWO]},
        {"media_url[0]": [f" {ONE} "], "media_url[1]": [TWO]},
        {"media_url": [ONE], "media": [TWO, ONE, "photo.png"]},
        {"media[0]": [ONE], "media[]": ["iVBORw0KGgo=", TWO], "media_urls": ["https://x.example"]},
    ],
)
def test_links_are_gathered_in_order_and_each_once(values: dict[str, list[str]]) -> None:
    assert gather_links(values) == [ONE, TWO]


def test_what_is_named_media_url_but_is_no_link_is_kept_to_be_refused() -> None:
    assert gather_links({"media_url": ["nowhere"]}) == ["nowhere"]


def test_each_link_is_checked_and_their_number_is_limited() -> None:
    field = WebAddresses(30)
    assert field.deserialize([ONE, TWO], "media_url") == [ONE, TWO]
    for links in ([ONE, "nowhere"], [f"http://a.example/{'x' * 30}"], [ONE] * (MOST_LINKS + 1)):
        with pytest.raises(ValidationError, match=r"field\.|links\."):
            field.deserialize(links, "media_url")
