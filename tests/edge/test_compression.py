"""Compression of the files that pages load."""

import gzip

import pytest
import requests
from servers import PATIENCE

from open311.web import compression

STYLE = "/open311/static/residents/site.css"


def get(address: str, path: str, **headers: str) -> requests.Response:
    """Return a response whose body is as it came."""
    sent = {"Accept-Encoding": "identity", **headers}
    response = requests.get(f"{address}{path}", headers=sent, timeout=PATIENCE, stream=True)
    response._content = response.raw.read(decode_content=False)
    return response


@pytest.mark.parametrize(
    "path", [STYLE, "/open311/static/residents/icons.svg", "/open311/static/docs.js"]
)
def test_a_file_is_the_same_compressed_and_plain(server: str, path: str) -> None:
    plain = get(server, path)
    assert "Content-Encoding" not in plain.headers
    small = get(server, path, **{"Accept-Encoding": "gzip, br"})
    is_long = len(plain.content) >= compression.LEAST
    assert (small.headers.get("Content-Encoding") == "gzip") is is_long
    assert (gzip.decompress(small.content) if is_long else small.content) == plain.content
    for response in (plain, small):
        assert "Accept-Encoding" in response.headers["Vary"]
        assert int(response.headers["Content-Length"]) == len(response.content)


def test_a_compressed_file_is_not_sent_again(server: str) -> None:
    first = get(server, STYLE, **{"Accept-Encoding": "gzip"})
    assert first.headers["ETag"].startswith("W/")
    again = get(
        server, STYLE, **{"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_photos_and_scripts_in_parts_stay_as_they_are(server: str) -> None:
    part = get(server, STYLE, **{"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
    assert (part.status_code, len(part.content)) == (206, 10)
    assert "Content-Encoding" not in part.headers
    refused = get(server, STYLE, **{"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
