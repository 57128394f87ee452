"""The start page, its languages, and its errors."""

import pytest
from site_pages import get


@pytest.mark.parametrize(
    ("path", "accepted", "language"),
    [
        ("/", "en", "en"),
        ("/", "es-MX,es;q=0.9,en;q=0.5", "es"),
        ("/", "fr", "en"),
        ("/es/", "en", "es"),
        ("/en/", "es", "en"),
    ],
)
def test_the_path_or_else_the_browser_chooses_the_language(
    website: str, path: str, accepted: str, language: str
) -> None:
    page = get(website, path, Accept_Language=accepted)
    assert page.status_code == 200
    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert "Accept-Language" in page.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in page.headers
    assert "Set-Cookie" not in page.headers


def test_an_unknown_page_says_so_in_html_and_the_api_keeps_its_format(website: str) -> None:
    page = get(website, "/no-such-page")
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    unknown = get(website, "/open311/v2/requests/none.json")
    assert unknown.status_code == 404
    assert unknown.json()[0]["code"] == 404


def test_a_server_without_a_website_has_no_page(server: str) -> None:
    assert get(server, "/").status_code == 404
