"""The public page of figures: what it says, what it leaves out, and how long it may be kept."""

from collections.abc import Callable
from urllib.parse import urlsplit

import lxml.html
import pytest
import requests
from past_weeks import LAST, STILL_OPEN, store_past_weeks
from servers import PATIENCE

MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def get(website: str, site_database: str) -> Callable[[str], requests.Response]:
    """Reads a page of a Gridtown with half a year of requests."""
    store_past_weeks(site_database)
    return lambda path: requests.get(website + path, timeout=PATIENCE)


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_public_page_counts_public_requests_and_says_how_many_are_not(
    get: Callable[[str], requests.Response],
) -> None:
    page = lxml.html.fromstring(get("/en/insights").text)
    sentences = [words(one) for one in page.cssselect(".sentences li")]
    assert f"{LAST} requests were received" in sentences[0]
    assert f"to {STILL_OPEN}." in sentences[2]
    assert "Requests not included, as they are not public: 1 in 26 weeks." in words(page)
    assert "Lamp" not in [words(one) for one in page.cssselect("tbody th")]


def test_the_public_page_may_be_kept_and_needs_no_script_or_cookie(
    get: Callable[[str], requests.Response],
) -> None:
    answer = get("/insights")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in answer.headers
    page = lxml.html.fromstring(answer.text)
    assert not page.cssselect("script")
    styles = sum(
        len(get(one.get("href")).content) for one in page.cssselect("link[rel=stylesheet]")
    )
    assert len(answer.content) + styles < MOST_BYTES
    assert not page.cssselect("[style], style")


def test_figures_lead_to_public_lists_files_and_definitions(
    get: Callable[[str], requests.Response],
) -> None:
    page = lxml.html.fromstring(get("/insights").text)
    [received] = [
        one
        for one in page.cssselect(".key-numbers a")
        if words(one) == "Requests received in this week"
    ]
    assert f"{LAST} requests" in words(lxml.html.fromstring(get(received.get("href")).text))
    definitions = lxml.html.fromstring(get("/insights/how").text)
    for link in page.cssselect("a[href*='/how#']"):
        assert definitions.cssselect(f"dt#{urlsplit(link.get('href')).fragment}")
    files = [one.get("href") for one in page.cssselect("figure a[href$='.csv']")]
    assert len(files) == len(page.cssselect("figure"))
    for path in files:
        answer = get(path)
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert len(answer.text.splitlines()) > 1
    assert get("/insights/none.csv").status_code == 404


def test_the_website_leads_to_the_figures_in_its_languages(
    get: Callable[[str], requests.Response],
) -> None:
    start = lxml.html.fromstring(get("/es/services").text)
    [link] = start.cssselect("footer a[href='/es/insights']")
    page = lxml.html.fromstring(get(link.get("href")).text)
    assert words(page.cssselect("h1")[0]) == words(link) == "Cifras"
    assert "se recibieron" in words(page)
