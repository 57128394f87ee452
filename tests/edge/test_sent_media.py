"""What is taken of the files and links of a report."""

from io import BytesIO

import pytest
from flask import Flask
from images import encoded, from_a_phone, half_red

from open311.database import db
from open311.errors import InvalidParameters
from open311.media.photos import Photo
from open311.messages.sentences import api_sentence
from open311.queries.jurisdictions import list_jurisdictions
from open311.web.bodies import SentFile
from open311.web.sent_media import Limits, put_in_place, read_photos, sent_media

LIMITS = Limits(photos=2, bytes=5_000, pixels=10_000)
LINKS = [f"https://photos.example/{number}" for number in range(5)]


def sizes(media: list[Photo | str]) -> list[object]:
    return [
        (medium.width, medium.height) if isinstance(medium, Photo) else medium for medium in media
    ]


def test_what_was_fetched_takes_its_links_place_if_it_is_a_photo() -> None:
    contents = {
        LINKS[1]: from_a_phone(6),
        LINKS[2]: b"<html>a page with a photo</html>",
        LINKS[3]: encoded(half_red(101, 100), "PNG"),
        LINKS[4]: from_a_phone() + bytes(5_000),
    }
    assert sizes(put_in_place(LINKS, contents, LIMITS)) == [LINKS[0], (40, 60), *LINKS[2:]]


def test_no_transaction_stays_open_while_photos_are_looked_at(app: Flask) -> None:
    body = {"media[]": (BytesIO(from_a_phone()), "photo.png")}
    with app.test_request_context("/", method="POST", data=body):
        list_jurisdictions()
        assert db.session().in_transaction()
        assert sizes(sent_media(LINKS)) == [(60, 40), *LINKS]
        assert not db.session().in_transaction()


def test_a_file_without_a_name_is_called_by_its_parameter() -> None:
    files = [SentFile("media[]", "", b"x"), SentFile("photo1", "a\x00b" + "c" * 200, b"x")]
    with pytest.raises(InvalidParameters) as caught:
        read_photos(files, LIMITS)
    first, second = map(api_sentence, caught.value.problems)
    assert first.startswith("media[] is not a photo")
    assert second.startswith(f"photo1 (ab{'c' * 98}) is not a photo")


def test_the_photo_that_is_too_many_is_named() -> None:
    files = [SentFile(f"photo{number}", f"{number}.png", b"x") for number in (1, 2, 3, 4)]
    with pytest.raises(InvalidParameters, match=r"^photo3 \(3.png\) is one photo too many"):
        read_photos(files, LIMITS)
