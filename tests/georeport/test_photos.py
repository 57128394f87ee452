"""Photos: sent with a report, shown with it, and fetched from where it says."""

import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from georeport_client import Answer, Api
from images import BLUE, RED, encoded, from_a_phone, half_red, is_like, opened, png_header
from servers import PATIENCE, running_server

REPORT = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
LINK = "https://photos.example/1.jpg"
OTHER_LINK = "http://photos.example/album?a=1,2"

File = tuple[str, tuple[str | None, bytes | str] | tuple[str | None, bytes | str, str]]


def photo(parameter: str = "media", content: bytes | None = None) -> File:
    """A file part as apps send it: all of one name, and all said to be PNG."""
    return parameter, ("photo.png", from_a_phone(6) if content is None else content, "image/png")


def post(api: Api, *files: File, **fields: str) -> Answer:
    texts = {"api_key": api.key, **REPORT, **fields}
    parts: Any = [*((name, (None, text)) for name, text in texts.items()), *files]
    return api.send("POST", "v2/requests", files=parts)


def extended(api: Api, service_request_id: str) -> dict[str, Any]:
    return api.one(service_request_id, extensions="true")["extended_attributes"]


def count_of_requests(database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM service_requests").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("parameter", ["media", "media[]", "media[0]", "photo", "photo1"])
def test_a_photo_shows_up_in_media_url_upright(api: Api, parameter: str) -> None:
    """EXT-05"""
    [id_] = post(api, photo(parameter)).ids()
    url = api.one(id_)["media_url"]
    assert url.startswith(f"{api.address}/open311/media/")
    [listed] = api.get("v2/requests", service_request_id=id_).document
    assert listed["media_url"] == url
    shown = opened(requests.get(url, timeout=PATIENCE).content)
    assert shown.size == (40, 60)
    assert is_like(shown.getpixel((20, 0)), RED)
    assert is_like(shown.getpixel((20, 59)), BLUE)


def test_nothing_of_the_camera_or_its_place_is_served(api: Api) -> None:
    [id_] = post(api, photo()).ids()
    [shown] = extended(api, id_)["photos"]
    for url in (shown["media_url"], shown["thumbnail_url"]):
        content = requests.get(url, timeout=PATIENCE).content
        assert not opened(content).getexif()
        assert b"Exif" not in content
        assert b"Secret" not in content


@pytest.mark.both_formats
def test_all_media_are_told_in_order_to_those_who_ask(api: Api) -> None:
    """EXT-04, EXT-05"""
    large = encoded(half_red(900, 600), "PNG")
    answer = post(
        api,
        photo("media[]"),
        photo("media[]", large),
        ("media_url", (None, LINK)),
        media=OTHER_LINK,
    )
    [id_] = answer.ids()
    row = api.one(id_)
    assert "extended_attributes" not in row
    told = extended(api, id_)
    [first, second] = told["photos"]
    assert row["media_url"] == first["media_url"]
    assert told["media_urls"] == [
        *(first["media_url"], second["media_url"]),
        *(OTHER_LINK, LINK),
    ]
    assert (int(first["width"]), int(first["height"])) == (40, 60)
    assert (int(second["width"]), int(second["height"])) == (900, 600)
    for shown, size in ((first, (40, 60)), (second, (400, 267))):
        assert opened(requests.get(shown["thumbnail_url"], timeout=PATIENCE).content).size == size
    if api.format == "xml":
        root = api.get(f"v2/requests/{id_}", extensions="true").root
        attributes = "request/extended_attributes"
        assert len(root.findall(f"{attributes}/media_urls/media_url")) == 4
        assert len(root.findall(f"{attributes}/photos/photo/thumbnail_url")) == 2


def test_a_report_without_media_has_none(api: Api) -> None:
    """EXT-04"""
    id_ = api.report()
    assert api.one(id_)["media_url"] is None
    told = extended(api, id_)
    assert (told["media_urls"], told["photos"]) == ([], [])


@pytest.mark.parametrize("name", ["media_url", "media_url[]", "media", "media[]"])
def test_links_alone_are_shown_as_they_came(api: Api, name: str) -> None:
    id_ = api.report(**{name: [LINK, OTHER_LINK, LINK]})
    assert api.one(id_)["media_url"] == LINK
    told = extended(api, id_)
    assert told["media_urls"] == [LINK, OTHER_LINK]
    assert told["photos"] == []


def test_a_text_named_media_that_is_no_link_is_ignored(api: Api) -> None:
    assert api.one(api.report(media="/home/kim/photo.png"))["media_url"] is None


def test_a_media_url_of_another_scheme_is_refused(api: Api) -> None:
    answer = api.post(**REPORT, media_url=[LINK, "javascript:alert(1)"])
    assert answer.status == 400
    assert answer.sentences == ["media_url must be an HTTP or HTTPS URL."]


def test_far_too_many_links_are_refused(api: Api) -> None:
    answer = api.post(**REPORT, media_url=[f"{LINK}?{number}" for number in range(21)])
    assert answer.status == 400
    assert answer.sentences == ["media_url was sent 21 times. Send 20 links or fewer."]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html><script>alert(1)</script></html>", "is not a photo that can be read."),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is not a photo that can be read."),
        (b"", "is not a photo that can be read."),
        (from_a_phone()[:-300], "is damaged or incomplete. Send it again."),
        (png_header(60_000, 60_000), "has too many pixels. The limit is 50,000,000"),
        (bytes(10_000_001), "is larger than 10,000,000 bytes."),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_is_stored(
    api: Api, database: str, media_folder: Path, content: bytes, problem: str
) -> None:
    before = (count_of_requests(database), set(media_folder.iterdir()))
    answer = post(api, photo("media[]"), photo("photo2", content), photo("photo3", b"x"))
    assert answer.status == 400
    [first, second] = answer.sentences
    assert first.startswith(f"photo2 (photo.png) {problem}")
    assert second.startswith("photo3 (photo.png) is not a photo that can be read.")
    assert (count_of_requests(database), set(media_folder.iterdir())) == before


def test_too_many_photos_are_refused(api: Api) -> None:
    answer = post(api, *(photo(f"photo{number}") for number in range(1, 8)))
    assert answer.status == 400
    assert answer.sentences == ["photo7 (photo.png) is one photo too many. Send 6 or fewer."]


def test_wrong_parameters_are_told_before_photos_are_looked_at(api: Api) -> None:
    answer = post(api, photo(content=b"x"), lat="north")
    assert answer.status == 400
    [sentence] = answer.sentences
    assert sentence.startswith("lat must be")


def test_without_a_key_no_photo_is_taken(api: Api) -> None:
    assert post(api, photo(), api_key="wrong").status == 403


@pytest.mark.parametrize("name", ["file", "file[]", "file_PHOTO", "image", "attachment"])
def test_a_file_is_a_photo_whatever_its_parameter(api: Api, name: str) -> None:
    [id_] = post(api, photo(name), photo("media")).ids()
    assert len(extended(api, id_)["photos"]) == 2
    answer = post(api, photo(name, b"%PDF-1.7"))
    assert answer.status == 400
    assert answer.sentences[0].startswith(f"{name} (photo.png) is not a photo that can be read.")


def test_six_photos_of_ten_million_bytes_are_taken(api: Api) -> None:
    padded = from_a_phone() + bytes(9_990_000)
    [id_] = post(api, *(photo(content=padded) for _number in range(6))).ids()
    assert len(extended(api, id_)["photos"]) == 6


def test_a_larger_body_is_refused_with_the_limit_that_holds_for_it(api: Api) -> None:
    answer = post(api, *(photo(content=bytes(11_000_000)) for _number in range(6)))
    assert answer.status == 413
    assert answer.sentences == ["The request body is larger than 61 MB."]
    answer = api.post(**REPORT, description="x" * 1_000_001)
    assert answer.status == 413
    assert answer.sentences == ["The request body is larger than 1 MB."]


def one_photo(api: Api) -> str:
    [id_] = post(api, photo()).ids()
    url: str = api.one(id_)["media_url"]
    return url


@pytest.mark.parametrize("format", ["json"], indirect=True)
class TestServing:
    def test_a_photo_comes_with_the_headers_that_keep_it_a_photo(self, api: Api) -> None:
        answer = requests.get(one_photo(api), timeout=PATIENCE)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert answer.headers["Content-Disposition"] == "inline"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert int(answer.headers["Content-Length"]) == len(answer.content)

    def test_who_has_it_already_is_told_so(self, api: Api) -> None:
        url = one_photo(api)
        etag = requests.get(url, timeout=PATIENCE).headers["ETag"]
        again = requests.get(url, headers={"If-None-Match": f'"other", {etag}'}, timeout=PATIENCE)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == "public, max-age=300"
        other = requests.get(url, headers={"If-None-Match": '"other"'}, timeout=PATIENCE)
        assert other.status_code == 200

    def test_head_tells_the_headers_alone(self, api: Api) -> None:
        url = one_photo(api)
        whole = requests.get(url, timeout=PATIENCE)
        head = requests.head(url, timeout=PATIENCE)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == whole.headers["Content-Length"]

    def test_a_part_can_be_asked_for(self, api: Api) -> None:
        url = one_photo(api)
        whole = requests.get(url, timeout=PATIENCE).content
        part = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=PATIENCE)
        assert (part.status_code, part.content) == (206, whole[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
        beyond = requests.get(url, headers={"Range": f"bytes={len(whole)}-"}, timeout=PATIENCE)
        assert beyond.status_code == 416

    def test_names_cannot_be_guessed(self, api: Api) -> None:
        reports = [post(api, photo(), description=str(number)) for number in range(3)]
        urls = [api.one(report.ids()[0])["media_url"] for report in reports]
        names = {url.rpartition("/")[2] for url in urls}
        assert len(names) == 3
        assert all(re.fullmatch(r"[0-9a-f]{32}\.jpg", name) for name in names)

    @pytest.mark.parametrize(
        "path",
        [
            "0" * 32 + ".jpg",
            "0" * 32 + "-small.jpg",
            "photo.png",
            "..%2f..%2fetc%2fpasswd",
            "..%2fsecret.jpg",
            "%00.jpg",
            "%ff",
            "",
        ],
    )
    def test_other_names_are_not_found(self, api: Api, path: str) -> None:
        answer = requests.get(f"{api.address}/open311/media/{path}", timeout=PATIENCE)
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert b"<code>404</code>" in answer.content

    def test_a_file_of_another_kind_in_the_folder_is_not_served(
        self, api: Api, media_folder: Path
    ) -> None:
        (media_folder / "notes.jpg").write_bytes(from_a_phone())
        url = f"{api.address}/open311/media/notes.jpg"
        assert requests.get(url, timeout=PATIENCE).status_code == 404

    @pytest.mark.parametrize("service_code", ["LAMP", "TIP"])
    def test_a_photo_of_what_is_not_published_is_not_found(
        self, api: Api, database: str, media_folder: Path, service_code: str
    ) -> None:
        before = set(media_folder.iterdir())
        assert post(api, photo(), service_code=service_code).status == 200
        files = set(media_folder.iterdir()) - before
        assert len(files) == 2
        urls = [f"{api.address}/open311/media/{file.name}" for file in files]
        assert [requests.get(url, timeout=PATIENCE).status_code for url in urls] == [404, 404]
        with psycopg.connect(database) as connection:
            connection.execute(
                "UPDATE service_requests SET public = true,"
                " service_request_id = coalesce(service_request_id, 'ACCEPTED')"
                " FROM media WHERE media.service_request_pk = pk AND NOT public"
                " AND name = any(%s)",
                [[file.name for file in files]],
            )
        assert [requests.get(url, timeout=PATIENCE).status_code for url in urls] == [200, 200]
        with psycopg.connect(database) as connection:
            connection.execute(
                "UPDATE service_requests SET withdrawn_at = now() FROM media"
                " WHERE media.service_request_pk = pk AND name = any(%s)",
                [[file.name for file in files]],
            )
        assert [requests.get(url, timeout=PATIENCE).status_code for url in urls] == [404, 404]
        with psycopg.connect(database) as connection:
            connection.execute(
                "DELETE FROM service_requests USING media"
                " WHERE media.service_request_pk = pk AND name = any(%s)",
                [[file.name for file in files]],
            )


def test_a_photo_sent_to_the_test_endpoint_is_stored_and_not_public(api: Api) -> None:
    parts: Any = [
        *((name, (None, text)) for name, text in {"api_key": "sandbox", **REPORT}.items()),
        photo(),
    ]
    [id_] = api.send("POST", "test/v2/requests", files=parts).ids()
    [row] = api.get(f"test/v2/requests/{id_}").document
    assert row["media_url"].startswith(f"{api.address}/open311/media/")
    assert requests.get(row["media_url"], timeout=PATIENCE).status_code == 404


def test_links_begin_with_the_public_url_where_it_is_set(app: Any, tmp_path: Path) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    settings = {
        "OPEN311_PUBLIC_URL": "https://311.example.org/",
        "OPEN311_MEDIA_STORE": str(tmp_path / "media"),
        "OPEN311_MAX_PHOTOS": "1",
        "OPEN311_MAX_BODY_BYTES": "50000",
        "OPEN311_MAX_PHOTO_BYTES": "20000",
        "OPEN311_MAX_PHOTO_PIXELS": "10000",
    }
    with running_server(url, tmp_path / "log", settings) as address:
        api = Api(address, "json", "key-of-gridtown")
        [id_] = post(api, photo()).ids()
        link = api.one(id_)["media_url"]
        assert re.fullmatch(r"https://311\.example\.org/open311/media/\w+\.jpg", link)
        told = json.dumps(extended(api, id_))
        assert told.count("https://311.example.org/open311/media/") == 3
        assert post(api, photo(), photo()).status == 400
        [pixels] = post(api, photo(content=encoded(half_red(101, 100), "PNG"))).sentences
        assert "The limit is 10,000 in total" in pixels
        [bytes_] = post(api, photo(content=bytes(20_001))).sentences
        assert "larger than 20,000 bytes" in bytes_
        [body] = post(api, photo(content=bytes(70_001))).sentences
        assert "larger than 0.07 MB" in body
        [form] = api.post(**REPORT, description="x" * 50_001).sentences
        assert "larger than 0.05 MB" in form
