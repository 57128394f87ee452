"""The list with scripts, in a real browser: its map, and what is near."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import barriers_in_all_views, record_complaints, wait_for_map
from playwright.sync_api import Browser, Page, expect

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, website: str, complaints: list[str]) -> Open:
    def open_page(path: str, **options: object) -> Page:
        page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
        record_complaints(page, complaints)
        page.goto(f"{website}{path}")
        return page

    return open_page


def test_the_map_is_loaded_only_when_someone_asks_for_it(
    opened: Open, complaints: list[str]
) -> None:
    page = opened("/en/reports?status=open")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    button = page.get_by_role("button", name="Show a map")
    expect(button).to_have_attribute("aria-expanded", "false")
    page.reload()
    assert not [url for url in loaded if "maplibre" in url]
    button.click()
    wait_for_map(page)
    expect(button).to_have_attribute("aria-expanded", "true")
    assert [url for url in loaded if "maplibre" in url]
    tiles = [url for url in loaded if "/ogc/collections/requests/tiles/" in url]
    assert tiles
    assert all(parse_qs(urlsplit(url).query)["status"] == ["open"] for url in tiles)
    assert barriers_in_all_views(page) == []
    button.click()
    expect(page.locator("#map")).to_be_hidden()
    assert complaints == []


def test_a_part_of_the_map_can_be_listed(opened: Open, complaints: list[str]) -> None:
    page = opened("/en/reports?status=open")
    page.get_by_role("button", name="Show a map").click()
    wait_for_map(page)
    page.get_by_role("button", name="List the requests in this part of the map").click()
    expect(page).to_have_url(re.compile("bbox="))
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["status"] == ["open"]
    west, south, east, north = map(float, asked["bbox"][0].split(","))
    assert west < east
    assert south < north
    expect(page.get_by_role("group", name="Filters")).to_contain_text("In a part of the map")
    assert complaints == []


def test_a_request_on_the_map_leads_to_its_page(opened: Open) -> None:
    page = opened("/en/reports?q=thirty&bbox=0.45,-0.55,0.55,-0.45")
    page.get_by_role("button", name="Show a map").click()
    wait_for_map(page)
    page.locator("#map").click()
    expect(page).to_have_url(re.compile("/en/r/26-0000003$"))


def test_what_is_near_is_found_with_the_location_of_the_device(
    opened: Open, complaints: list[str]
) -> None:
    here = {"latitude": -0.5, "longitude": 0.5}
    page = opened(
        "/en/reports?status=open&address=1+Long+Street&lat=0.1&long=0.1",
        geolocation=here,
        permissions=["geolocation"],
    )
    page.get_by_role("button", name="Near me").click()
    expect(page).to_have_url(re.compile("lat=-0.5"))
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["lat"], asked["long"]) == (["-0.50000"], ["0.50000"])
    assert asked.get("address", [""]) == [""]
    links = page.locator("article.request h2 a")
    assert [link.get_attribute("href") for link in links.all()] == ["/en/r/26-0000003"]
    expect(page.get_by_role("group", name="Filters")).to_contain_text("of a place")
    assert complaints == []


def test_without_permission_the_page_says_what_to_do(opened: Open) -> None:
    page = opened("/en/reports?status=open", permissions=[])
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_role("alert")).to_have_text(
        "We could not get your location. Enter an address."
    )
    expect(page.get_by_label("Near an address")).to_be_focused()


def test_the_map_in_a_frame_is_there_at_once(opened: Open, complaints: list[str]) -> None:
    page = opened("/en/embed/map?status=open")
    wait_for_map(page)
    assert barriers_in_all_views(page) == []
    assert page.context.cookies() == []
    assert complaints == []
