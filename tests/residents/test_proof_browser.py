"""The proof of work in a real browser, under the policy of the website."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from browsing import record_complaints
from playwright.sync_api import Browser, Locator, Page, expect
from report_form import served_form
from servers import PATIENCE

from tests.residents.reported import SECRET


@pytest.fixture(scope="module")
def form(site_database: str) -> Iterator[str]:
    with served_form(site_database, {"OPEN311_SECRET_KEY": SECRET}) as form:
        yield form


@pytest.fixture
def page(browser: Browser, form: str, complaints: list[str]) -> Page:
    found = browser.new_context().new_page()
    found.set_default_timeout(PATIENCE * 1000)
    record_complaints(found, complaints)
    answer = found.goto(form)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    return found


def proof(page: Page) -> Locator:
    """Return the hidden field with the proof of work."""
    return page.locator("[name=proof]")


def challenges(page: Page) -> list[str]:
    """List the challenges that a page asks for from now on."""
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if "/report/challenge" in request.url else None,
    )
    return asked


def holds(database_url: str, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        return connection.execute(
            "SELECT rule FROM service_requests LEFT JOIN holds ON pk = service_request_pk "
            "WHERE description = %s",
            [text],
        ).fetchall()


def test_it_is_solved_in_the_background_from_the_first_input_on(
    page: Page, complaints: list[str], site_database: str
) -> None:
    asked = challenges(page)
    page.wait_for_load_state("networkidle")
    assert asked == []  # nothing is asked for and nothing is computed for a reader
    page.get_by_label("Text").press_sequentially("A hole")
    expect(proof(page)).not_to_have_value("")
    assert len(asked) == 1
    with psycopg.connect(site_database.replace("+psycopg", "")) as connection:
        before = connection.execute("SELECT count(*) FROM spent_challenges").fetchone()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_contain_text("{")
    with psycopg.connect(site_database.replace("+psycopg", "")) as connection:
        after = connection.execute("SELECT count(*) FROM spent_challenges").fetchone()
    assert before is not None
    assert after is not None
    assert after[0] == before[0] + 1
    assert complaints == []


def test_without_it_the_form_is_sent_all_the_same(page: Page, site_database: str) -> None:
    page.route("**/report/challenge", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_label("Text").fill("Without a challenge")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_contain_text("{")
    assert holds(site_database, "Without a challenge") == [("too_fast",)]


def test_after_a_failure_the_next_input_tries_again(page: Page) -> None:
    page.route("**/report/challenge", lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed"):
        page.get_by_label("Text").fill("Once")
    page.evaluate("new Promise(resolve => setTimeout(resolve))")  # the failure reaches the script
    expect(proof(page)).to_have_value("")
    page.get_by_label("Text").fill("Twice")
    expect(proof(page)).not_to_have_value("")


def test_a_new_one_is_fetched_before_it_expires(browser: Browser, form: str) -> None:
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.clock.install()
    page.goto(form)
    asked = challenges(page)
    page.get_by_label("Text").fill("A hole")
    expect(proof(page)).not_to_have_value("")
    first = proof(page).input_value()
    page.clock.fast_forward("01:39:00")
    expect(proof(page)).to_have_value(first)
    page.clock.fast_forward("02:00")
    expect(proof(page)).not_to_have_value(first)
    assert len(asked) == 2
