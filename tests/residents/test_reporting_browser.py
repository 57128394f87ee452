"""Reporting in a browser: three taps, and what the scripts ask the server for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from browsing import COUNT_TAPS, SIZES, barriers_in_all_views, start_page, too_wide
from georeport_client import KEYS, Api
from images import encoded, from_a_phone, half_red
from playwright.sync_api import Browser, Page, expect
from visitor import Visitor

IN_THE_EAST = {"latitude": 0.25, "longitude": 0.25, "accuracy": 12}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "geolocation": IN_THE_EAST,
    "permissions": ["geolocation"],
}
PHOTO = ("media", ("hole.jpg", from_a_phone(), "image/jpeg"))
Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def rows(site_database: str) -> Iterator[Rows]:
    with psycopg.connect(site_database.replace("+psycopg", ""), autocommit=True) as connection:
        yield lambda statement: connection.execute(statement).fetchall()


@pytest.fixture
def phone(browser: Browser, website: str) -> Iterator[Page]:
    """The start page on a phone whose place is known, with the taps counted."""
    context = browser.new_context(**PHONE)
    context.add_init_script(COUNT_TAPS)
    yield start_page(context, website)
    context.close()


@contextmanager
def placed(page: Page) -> Iterator[None]:
    """Wait until the place is known, and the services that fit it are where they stay."""
    with page.expect_response("**/report/suggestions?*"):
        yield
    expect(page.locator("[name=lat]")).not_to_have_value("")


def take_photo(page: Page) -> None:
    photo = encoded(half_red(2400, 1800), "JPEG")
    with placed(page):
        with page.expect_file_chooser() as chooser:
            page.get_by_text("Take or choose a photo").tap()
        chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.locator(".previews li").last.get_by_role("button")).to_have_count(2)


def locate(page: Page) -> None:
    with placed(page):
        page.get_by_role("button", name="Use my location").tap()


def choose(page: Page, service: str) -> None:
    """Choose a service, and wait for what it brings, which moves the rest of the page."""
    with ExitStack() as waiting:
        for part in ("questions", "outlook", "nearby"):
            waiting.enter_context(page.expect_response(f"**/report/{part}?*"))
        page.locator("#suggested .tile", has_text=service).tap()


def send(page: Page) -> int:
    """Send the report, and return the taps that it took; wait for the confirmation."""
    page.get_by_role("button", name="Send", exact=True).tap()
    page.wait_for_url("**/report/sent/*")
    return int(page.evaluate("sessionStorage.getItem('taps')"))


LAST = (
    "SELECT r.service_request_id, s.service_code, ST_Y(r.location), ST_X(r.location),"
    " r.accuracy_meters, count(m.id), max(m.width)"
    " FROM service_requests r JOIN services s ON s.id = r.service_id"
    " LEFT JOIN media m ON m.service_request_pk = r.pk"
    " GROUP BY r.pk, s.id ORDER BY r.pk DESC LIMIT 1"
)


def test_three_taps_with_a_photo(phone: Page, rows: Rows) -> None:
    take_photo(phone)
    choose(phone, "Pothole")
    expect(phone.locator("[name=proof]")).not_to_have_value("")
    assert send(phone) == 3
    [(number, service, lat, long, accuracy, photos, width)] = rows(LAST)
    assert (service, lat, long, accuracy) == ("POTHOLE", 0.25, 0.25, 12)
    assert (photos, width) == (1, 1600)
    expect(phone.get_by_role("heading", level=1)).to_contain_text(number)
    holds = "SELECT count(*) FROM holds WHERE rule = 'no_proof'"
    assert rows(holds) == [(0,)]


def test_three_taps_without_a_photo(phone: Page, rows: Rows) -> None:
    locate(phone)
    choose(phone, "Pothole")
    assert send(phone) == 3
    [(_number, service, lat, _long, accuracy, photos, _width)] = rows(LAST)
    assert (service, lat, accuracy, photos) == ("POTHOLE", 0.25, 12, 0)


def test_the_form_tells_who_takes_it_what_is_near_and_asks_the_questions(
    phone: Page, website: str
) -> None:
    Api(website, "json", KEYS["gridtown.example"]).report(
        lat=0.2501, long=0.25, description="Known already"
    )
    locate(phone)
    choose(phone, "Pothole")
    outlook = phone.locator("#outlook")
    expect(outlook).to_contain_text("East Yard will take this, because the place is in")
    expect(outlook).to_contain_text("Expected by")
    expect(phone.locator("#nearby")).to_contain_text("Known already")
    expect(phone.locator("#nearby")).to_contain_text("11 m north of here")
    phone.locator("[data-service=SURVEY]").tap()
    expect(phone.locator("#questions")).to_contain_text("Who should come?")
    expect(phone.locator("#nearby")).to_be_hidden()
    assert barriers_in_all_views(phone) == []


def test_a_refused_report_shows_the_problems_and_keeps_all(phone: Page, rows: Rows) -> None:
    phone.context.set_geolocation({"latitude": 5, "longitude": 5, "accuracy": 5})
    before = rows("SELECT count(*) FROM service_requests")
    take_photo(phone)
    choose(phone, "Pothole")
    phone.get_by_label("Describe the problem").fill("Far away")
    phone.get_by_role("button", name="Send", exact=True).tap()
    expect(phone.locator("#problems")).to_contain_text("outside Gridtown")
    expect(phone.get_by_label("Describe the problem")).to_have_value("Far away")
    assert rows("SELECT count(*) FROM service_requests") == before
    assert barriers_in_all_views(phone) == []
    phone.get_by_label("Or enter an address").fill("7 Elm Street")
    send(phone)
    assert rows(LAST)[0][5] == 1
    assert barriers_in_all_views(phone) == []


def test_the_pages_of_a_draft_have_no_barriers(phone: Page, website: str) -> None:
    Api(website, "json", KEYS["gridtown.example"]).report(lat=-0.5, long=-0.5, description="Known")
    visitor = Visitor(website).open("/").send(files=[PHOTO])
    draft = visitor.url.rpartition("/")[0]
    visitor.send({"lat": "-0.5", "long": "-0.5"}).send({"service_code": "POTHOLE"}).send()
    visitor.send({"description": "A gas smell. Call (740) 687-6600"}).send({"phone": "555-0100"})
    assert visitor.step == "check"
    found = {}
    for step in ("photo", "place", "service", "nearby", "details", "contact", "check"):
        phone.goto(f"{website}/en{urlsplit(draft).path}/{step}")
        found["en", step] = barriers_in_all_views(phone)
        # Texts of other lengths may be too wide; all else is the same in the other language.
        phone.set_viewport_size(PHONE["viewport"])
        phone.goto(f"{website}/es{urlsplit(draft).path}/{step}")
        excess = too_wide(phone)
        found["es", step] = [f"{excess} pixels too wide"] if excess > 0 else []
    found["es", step] += barriers_in_all_views(phone, {"phone": SIZES["phone"]})
    phone.goto(f"{draft}/contact")
    phone.get_by_label("Email", exact=False).first.fill("robin")
    phone.get_by_role("button", name="Continue").click()
    expect(phone.locator("#problems")).to_contain_text("such as name@example.com")
    found["en", "problem"] = barriers_in_all_views(phone)
    assert {where: barriers for where, barriers in found.items() if barriers} == {}
