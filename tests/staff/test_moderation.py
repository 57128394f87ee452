"""Texts and photos that staff hide or change: what everybody reads then, and who reads more."""

import itertools
import re
from collections.abc import Callable

import lxml.html
import psycopg
import pytest
import requests
from administrators import says, told
from applications import in_context
from georeport_client import Api
from images import from_a_phone, opened
from servers import PATIENCE
from staff_client import Person

from open311.operations.maintenance import forget_originals
from open311.phrases import cover_phrases
from tests.staff.test_comments import comment
from tests.staff.test_photos import post
from tests.staff.test_work import do

Sign = Callable[[str], Person]
REASON = "Personal data removed"

_numbers = itertools.count()


def public(api: Api, id_: str) -> str:
    """Return all that the public reads of a request, by the API, as a feature, and in a file."""
    pages = [
        api.get(f"v2/requests/{id_}", extensions="true").response.text,
        api.get("v2/servicerequestupdates", service_request_id=id_).response.text,
        get(f"{api.address}/ogc/collections/requests/items/{id_}").text,
        get(f"{api.address}/ogc/collections/requests/items?limit=1000&f=csv").text,
    ]
    return "\n".join(pages)


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=PATIENCE)


def moderations(city: str) -> list[tuple[str, ...]]:
    with psycopg.connect(city) as connection:
        return connection.execute(
            "SELECT target, kind, reason, original, made_by FROM moderations ORDER BY id"
        ).fetchall()


@pytest.fixture
def with_photos(api: Api, person: Sign) -> tuple[str, list[str]]:
    """A request with a photo, and its name."""
    answer = post(api, from_a_phone(), description=f"With a face {next(_numbers)}")
    assert answer.status == 200
    id_ = answer.document[0]["service_request_id"]
    page = person("dispatch").get(f"/requests/{id_}").text
    return id_, sorted(set(re.findall(r"/staff/photos/([0-9a-f]{32}\.jpg)", page)))


def test_covered_words_are_gone_for_everybody_and_found_by_nobody(
    person: Sign, api: Api, city: str
) -> None:
    id_ = api.report(
        lat=0.5, long=0.5, description="Ask ANN  Droste, or Annapolis Pat. Ann Droste knows."
    )
    assert api.get("v2/requests", q="droste").response.text.count(id_) == 1
    done = do(
        person("dispatch"),
        id_,
        "moderate-text",
        kind="redacted",
        words="Ann Droste\n\n pat \n",
        reason=REASON,
    )
    assert "Words covered." in says(done)
    assert api.one(id_)["description"] == "Ask ▮▮▮, or Annapolis ▮▮▮. ▮▮▮ knows."
    assert "roste" not in public(api, id_)
    for words in ("droste", '"ann droste"', "pat"):
        assert id_ not in api.get("v2/requests", q=words).response.text
        assert id_ not in person("dispatch").get("/requests", q=words).text
    assert id_ in api.get("v2/requests", q="annapolis").response.text
    assert moderations(city)[-1][:3] == ("description", "redacted", REASON)
    assert moderations(city)[-1][4] == "dispatch"


def test_a_hidden_text_is_empty_and_a_copy_learns_of_it(person: Sign, api: Api, city: str) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="My neighbor did it")
    following = api.get("v2/requests", sort="changed", page_size="1000").response
    after = following.headers["X-Next-After"]
    do(person("dispatch"), id_, "moderate-text", kind="hidden", reason="An accusation")
    assert not api.one(id_)["description"]
    assert "neighbor" not in public(api, id_)
    assert id_ in api.get("v2/requests", sort="changed", after=after).response.text
    again = do(person("dispatch"), id_, "moderate-text", kind="hidden", reason="An accusation")
    assert again.status_code == 409


def test_a_comment_is_covered(person: Sign, api: Api, city: str) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="A hole")
    comment(api, id_, "OPEN", "Call 555-0100 at night.")
    dispatch = person("dispatch")
    page = lxml.html.fromstring(dispatch.get(f"/requests/{id_}").text)
    [update] = [one for one in page.xpath("//select[@id='moderate-update']/option/@value") if one]
    words = {"kind": "redacted", "reason": REASON, "update": str(update)}
    do(dispatch, id_, "moderate-text", words="555-0100", **words)
    assert "Call ▮▮▮ at night." in public(api, id_)
    assert "555-0100" not in public(api, id_)
    other = api.report(lat=0.5, long=0.5, description="Another hole")
    answer = do(dispatch, other, "moderate-text", words="Call", **words)
    assert answer.status_code == 409  # a comment of another request
    assert "Call ▮▮▮ at night." in public(api, id_)


@pytest.mark.parametrize(
    ("fields", "says_what"),
    [
        ({"kind": "redacted", "words": " \n", "reason": REASON}, "Enter the words to cover"),
        ({"kind": "redacted", "words": "Hol", "reason": REASON}, "The text does not contain: Hol"),
        ({"kind": "hidden", "reason": " "}, "Enter a reason. Everybody can read it."),
        ({"kind": "other", "reason": REASON}, ""),
        ({"kind": "hidden", "reason": REASON, "update": "x"}, ""),
        ({"kind": "hidden", "reason": REASON, "update": "9" * 18}, ""),
        ({"kind": "hidden", "reason": REASON, "seen": "1"}, ""),
    ],
)
def test_what_is_incomplete_changes_nothing(
    person: Sign, api: Api, fields: dict[str, str], says_what: str
) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="A hole")
    answer = do(person("dispatch"), id_, "moderate-text", **fields)
    assert answer.status_code == 409
    assert says_what in told(answer)
    assert api.one(id_)["description"] == "A hole"


def test_only_those_who_work_on_a_request_change_it(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="A hole")
    for name in ("reader", "west"):
        for action in ("moderate-text", "moderate-photo"):
            fields = {"kind": "hidden", "reason": REASON, "photo": "x", "seen": "1"}
            assert do(person(name), id_, action, **fields).status_code == 403
    assert api.one(id_)["description"] == "A hole"


def test_a_hidden_photo_is_gone_and_only_administrators_see_it_for_a_while(
    person: Sign, chief: Person, api: Api, city: str, with_photos: tuple[str, list[str]]
) -> None:
    id_, [name] = with_photos
    link = api.one(id_)["media_url"]
    assert get(link).status_code == 200
    do(person("dispatch"), id_, "moderate-photo", kind="hidden", photo=name, reason="A face")
    assert get(link).status_code == 404
    assert get(link.replace(".jpg", "-small.jpg")).status_code == 404
    assert name not in public(api, id_)
    history = says(person("dispatch").get(f"/requests/{id_}"))
    assert "Hidden: photo, by dispatch A face" in history
    kept = f"{chief.address}/staff/photos/{name}"
    assert person("dispatch").session.get(kept, timeout=PATIENCE).status_code == 404
    assert chief.session.get(kept, timeout=PATIENCE).status_code == 200
    assert f"/staff/photos/{name}" in chief.get(f"/requests/{id_}").text
    assert name not in person("dispatch").get(f"/requests/{id_}").text
    grow_old(city)
    assert chief.session.get(kept, timeout=PATIENCE).status_code == 404


def grow_old(city: str) -> None:
    """Let 31 days pass, and the nightly maintenance run."""
    with psycopg.connect(city) as connection:
        connection.execute("UPDATE moderations SET made_at = made_at - interval '31 days'")
    for _app in in_context(city):
        assert forget_originals() > 0
    assert {original for _t, _k, _r, original, _by in moderations(city)} == {""}


def test_a_blacked_out_photo_has_a_new_name_and_nothing_under_the_box(
    person: Sign, api: Api, with_photos: tuple[str, list[str]]
) -> None:
    id_, [name] = with_photos
    link = api.one(id_)["media_url"]
    before = opened(get(link).content).convert("RGB")
    done = do(
        person("dispatch"),
        id_,
        "moderate-photo",
        kind="redacted",
        photo=name,
        boxes="0 0 50 100\n99, 99, 50, 50",
        reason="A license plate",
    )
    assert "Photo blacked out." in says(done)
    new = api.one(id_)["media_url"]
    assert new != link
    assert get(link).status_code == 404
    after = opened(get(new).content).convert("RGB")
    assert after.size == before.size
    width, height = after.size
    for x, y in ((0, 0), (width // 4, height // 2), (width // 4, height - 1)):
        assert max(after.getpixel((x, y))) < 16
    small = opened(get(new.replace(".jpg", "-small.jpg")).content).convert("RGB")
    assert max(small.getpixel((small.width // 4, small.height // 2))) < 16
    assert name not in public(api, id_)


@pytest.mark.parametrize(
    "boxes",
    ["", "1 2 3", "1 2 3 x", "1 2 0 5", "100 0 5 5", "-1 0 5 5", "nan 0 5 5", "1 1 1 1\n" * 21],
)
def test_wrong_boxes_change_nothing(
    person: Sign, api: Api, with_photos: tuple[str, list[str]], boxes: str
) -> None:
    id_, [name] = with_photos
    link = api.one(id_)["media_url"]
    fields = {"kind": "redacted", "photo": name, "reason": "A face", "boxes": boxes}
    answer = do(person("dispatch"), id_, "moderate-photo", **fields)
    assert answer.status_code == 409
    assert "percent" in told(answer)
    assert api.one(id_)["media_url"] == link
    assert get(link).status_code == 200


def test_a_photo_of_another_request_is_not_touched(
    person: Sign, api: Api, with_photos: tuple[str, list[str]]
) -> None:
    id_, [name] = with_photos
    other = api.report(lat=0.5, long=0.5, description="A hole")
    for photo in (name, "x" * 36, "../../secret", ""):
        for kind in ("hidden", "redacted"):
            fields = {"kind": kind, "photo": photo, "reason": "A face", "boxes": "1 1 5 5"}
            assert do(person("dispatch"), other, "moderate-photo", **fields).status_code == 409
    assert get(api.one(id_)["media_url"]).status_code == 200


def test_the_original_text_is_for_administrators_until_it_is_erased(
    person: Sign, chief: Person, api: Api, city: str
) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="At the house of Droste")
    do(person("dispatch"), id_, "moderate-text", kind="hidden", reason=REASON)
    assert "At the house of Droste" in says(chief.get(f"/requests/{id_}"))
    for name in ("dispatch", "reader"):
        assert "Droste" not in person(name).get(f"/requests/{id_}").text
    grow_old(city)
    assert "Droste" not in chief.get(f"/requests/{id_}").text
    assert f"Hidden: description, by dispatch {REASON}" in says(chief.get(f"/requests/{id_}"))


@pytest.mark.parametrize(
    ("text", "phrases", "left"),
    [
        ("a.b (c) a.b", ["a.b"], "▮▮▮ (c) ▮▮▮"),
        ("axb a.b", ["a.b"], "axb ▮▮▮"),
        ("Jo\nDoe", ["jo doe"], "▮▮▮"),
        ("Jo Doe and Jo", ["Jo", "Jo Doe"], "▮▮▮ and ▮▮▮"),
        ("+1 555 0100!", ["+1 555 0100"], "▮▮▮!"),
        ("ÄRGER ärger", ["ärger"], "▮▮▮ ▮▮▮"),
    ],
)
def test_phrases_are_covered_as_they_are_written(text: str, phrases: list[str], left: str) -> None:
    assert cover_phrases(text, phrases) == (left, [])


@pytest.mark.parametrize(
    ("phrases", "missing"), [([" "], []), (["b"], ["b"]), (["a", "b", "("], ["b", "("])]
)
def test_phrases_that_are_not_there_are_known(phrases: list[str], missing: list[str]) -> None:
    assert sorted(cover_phrases("a abc", phrases)[1]) == sorted(missing)
