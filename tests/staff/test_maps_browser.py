"""Rules and boundary sets in a real browser: a draft drawn, a place picked, no barrier."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from administrators import NAME
from browsing import barriers_in_all_views, changed
from browsing import enter as sign_in
from playwright.sync_api import Browser, Page, expect
from servers import CITIES

from tests.staff.test_maps import DOUBTFUL, geojson
from tests.staff.test_rules import city_with_a_canary

PATHS = (
    *("maps", "maps/3", "rules", "rules/new", "rules/rule/lights", "carry-over"),
    "rules/try?service_code=POTHOLE&lat=0.5&long=-0.05",
)


@pytest.fixture(scope="module")
def city(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """A Gridtown with a draft whose number is 3."""
    folder = tmp_path_factory.mktemp("cities") / "gridtown"
    url = city_with_a_canary(fresh_database(gridtown), run_command, folder)
    file = folder / "wards2027.geojson"
    file.write_bytes(geojson(DOUBTFUL))
    asked = ("--layer", "ward", "--code-field", "code", "--draft")
    assert "Draft 3 stored" in run_command(url, "boundaries", "import", str(file), *asked)
    return url


def enter(
    browser: Browser, town: str, password: str, complaints: list[str], **options: Any
) -> Page:
    """Sign in as an administrator, and go to the boundary sets."""
    page = sign_in(browser, town, NAME, password, complaints, "/city/maps", **options)
    page.get_by_role("heading", name="Boundary layers").wait_for()
    return page


def drawn(page: Page) -> None:
    page.wait_for_selector("#set-map[data-drawn]")


def test_a_draft_is_drawn_with_what_is_doubtful_and_what_changes_hands(
    browser: Browser, town: str, password: str, complaints: list[str]
) -> None:
    page = enter(browser, town, password, complaints)
    page.get_by_role("link", name="Version 3").click()
    drawn(page)
    box = page.locator("#set-map canvas").bounding_box()
    assert box is not None
    # The draft leaves out what lies east of 0.9; the map shows it from -1 to 1.
    whole = page.locator("#set-map").screenshot()
    page.get_by_role("checkbox", name="warning").uncheck()
    without = changed(page.locator("#set-map"), whole)
    page.get_by_role("checkbox", name="changes boundary").uncheck()
    bare = changed(page.locator("#set-map"), without)
    assert bare != whole  # each was there to be taken away
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text("2: West").or_(page.get_by_text("2", exact=True)).first.wait_for()
    page.get_by_role("button", name="Zoom to this area").first.click()
    changed(page.locator("#set-map"), bare)  # it has gone there
    assert complaints == []


def test_a_map_is_sent_and_published_from_a_browser(
    browser: Browser, town: str, password: str, complaints: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "routes.geojson"
    file.write_bytes((CITIES / "gridtown/boundaries/wards.geojson").read_bytes())
    assert json.loads(file.read_text())["features"]
    page = enter(browser, town, password, complaints)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Layer", exact=True).fill("snow_route")
    page.get_by_label("Code field").fill("ward")
    page.get_by_role("button", name="Save as draft").click()
    drawn(page)
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("status").get_by_text("Published").wait_for()
    assert complaints == []


def test_a_click_on_the_map_fills_in_the_place(
    browser: Browser, town: str, password: str, complaints: list[str]
) -> None:
    page = enter(browser, town, password, complaints)
    page.get_by_role("link", name="Test routing").click()
    drawn(page)
    page.get_by_label("Service", exact=True).select_option(label="Pothole")
    box = page.locator("#set-map canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.4)
    expect(page.get_by_label("Longitude")).to_have_value(re.compile("^-0"))
    page.get_by_role("button", name="Test routing").click()
    page.get_by_role("heading", name="Department: West Yard").wait_for()
    assert complaints == []


def test_no_page_has_a_barrier(
    browser: Browser, town: str, password: str, complaints: list[str]
) -> None:
    page = enter(browser, town, password, complaints)
    for path in PATHS:
        page.goto(f"{town}/staff/city/{path}")
        if page.locator("#set-map").count():
            drawn(page)
        for summary in page.locator("summary").all():
            summary.click()
        assert barriers_in_all_views(page) == [], path
    page.goto(f"{town}/staff/city/rules/rule/pothole-east")
    page.get_by_label("Send to").select_option("LIGHTS")
    page.get_by_role("button", name="Preview changes").click()
    page.get_by_text("Exceptions to approve").wait_for()
    assert barriers_in_all_views(page) == []
    assert complaints == []
