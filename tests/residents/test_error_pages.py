"""Pages about errors keep the language of their path, whether a page has this path or not."""

from pathlib import Path
from typing import Any

import lxml.html
import pytest
import requests
from servers import PATIENCE, running_server

from tests.residents.reported import SECRET, Town

SECRET_SETTING = {"OPEN311_SECRET_KEY": SECRET}


def send(address: str, method: str, path: str, data: Any = None) -> requests.Response:
    """Return the answer for a reader whose browser asks for English."""
    english = {"Accept-Language": "en"}
    return requests.request(
        method, f"{address}{path}", data=data, headers=english, timeout=PATIENCE
    )


def keeps_spanish(answer: requests.Response, path: str) -> None:
    """Check the language of a page, of all its links, and of those to other languages."""
    page = lxml.html.fromstring(answer.text)
    assert page.get("lang") == "es"
    links = [one for one in page.cssselect("a[href^='/']") if one.get("hreflang") is None]
    assert len(links) > 5
    assert [one.get("href") for one in links if not one.get("href").startswith("/es/")] == []
    others = {one.get("hreflang"): one.get("href") for one in page.cssselect("a[hreflang]")}
    assert others == {code: f"/{code}{path}" for code in ("en", "es")}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/nowhere/else?a=b", 404),
        ("GET", "/r/26-9999999", 404),
        ("GET", "/services/NONE", 404),
        ("DELETE", "/reports", 405),
        ("GET", "/reports?start_date=x", 400),
        ("GET", "/reports?bbox=1", 400),
    ],
)
def test_an_error_is_in_the_language_of_the_path(
    website: str, method: str, path: str, status: int
) -> None:
    answer = send(website, method, f"/es{path}")
    assert answer.status_code == status
    keeps_spanish(answer, path)


def test_a_path_of_a_language_alone_leads_to_its_start_page(website: str) -> None:
    answer = send(website, "GET", "/es")
    assert answer.url == f"{website}/es/"
    keeps_spanish(answer, "/")


def test_a_body_that_is_too_large_is_refused_in_the_language_of_the_path(website: str) -> None:
    answer = send(website, "POST", "/es/report", {"description": "x" * 1_500_000})
    assert answer.status_code == 413
    keeps_spanish(answer, "/report")


def test_an_unforeseen_failure_is_told_in_the_language_of_the_path(town: Town) -> None:
    one = town.report()
    town.rows("ALTER TABLE contacts ADD CHECK (address <> 'unforeseen@mail.example')")
    form = {"email": "unforeseen@mail.example"}
    answer = send(town.address, "POST", f"/es/r/{one.id}/follow", form)
    assert answer.status_code == 400
    keeps_spanish(answer, f"/r/{one.id}")


def test_too_many_requests_are_refused_in_the_language_of_the_path(
    site_database: str, tmp_path: Any
) -> None:
    settings = {**SECRET_SETTING, "OPEN311_RATE_LIMIT": "1 per hour"}
    with running_server(site_database, tmp_path / "log", settings) as address:
        answers = [send(address, "GET", f"/es{path}") for path in ("/", "/reports")]
    assert [one.status_code for one in answers] == [200, 429]
    keeps_spanish(answers[1], "/reports")


def test_a_refused_form_leads_to_its_page_in_other_languages(town: Town) -> None:
    one = town.report()
    for page, form in ((f"/r/{one.id}", "flag"), (f"/track/{one.secret}", "add")):
        answer = send(town.address, "POST", f"/es{page}/{form}", {})
        assert answer.status_code == 400
        keeps_spanish(answer, page)
        assert send(town.address, "GET", f"/en{page}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/es/reports", "/track/secret", "/staff/", "/no/page"])
def test_a_host_name_that_no_link_can_have_is_refused_without_a_page(
    website: str, site_log: Path, path: str
) -> None:
    answer = requests.get(f"{website}{path}", headers={"Host": "x" * 300}, timeout=PATIENCE)
    assert answer.status_code == 400
    assert answer.text.count("<code>400</code>") == 1
    assert "Exception on" not in site_log.read_text(errors="replace")
