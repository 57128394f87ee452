"""The workspace in a real browser: the map drawn, the list following it, no barrier anywhere."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from georeport_client import KEYS, Api
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
DRAWS_WITHOUT_A_SCREEN = [
    *("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser(figure: Callable[[str, object], None]) -> Iterator[Browser]:
    if CHROMIUM is None:
        figure("the workspace in a browser", "not tried: no chromium is installed here")
        pytest.skip("no chromium is installed here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=DRAWS_WITHOUT_A_SCREEN)
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What a browser complains of: policies broken, scripts failed."""
    return []


def enter(
    browser: Browser, town: str, password: str, complaints: list[str], **options: Any
) -> Page:
    """Sign in as dispatch, and wait for the map."""
    page = browser.new_context(**options).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.goto(f"{town}/staff/requests")
    page.get_by_label("Name").fill("dispatch")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("#map[data-drawn]", timeout=60_000)
    return page


def listed(page: Page) -> list[str]:
    return [row.get_attribute("data-id") or "" for row in page.locator("tr[data-id]").all()]


def barriers(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def test_the_list_follows_the_map_and_all_is_in_the_address(
    browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]
) -> None:
    page = enter(browser, town, passwords["dispatch"], complaints)
    assert len(listed(page)) >= 6
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    with page.expect_response(lambda answer: "/requests/list?" in answer.url):
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.02, box["y"] + box["height"] * 0.5, steps=12)
        page.mouse.up()
    page.wait_for_function("new URL(location).searchParams.has('bbox')")
    page.wait_for_function("!document.querySelector('tr[data-id=\"20-0000001\"]')")
    there = listed(page)
    other = page.context.new_page()
    other.goto(page.url)
    assert listed(other) == there
    assert complaints == []


def test_a_request_goes_its_way_and_the_public_sees_it(
    browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]
) -> None:
    api = Api(town, "json", KEYS["gridtown.example"])
    id_ = api.report(lat=0.5, long=0.5, description="Seen from the browser")
    page = enter(browser, town, passwords["dispatch"], complaints)
    page.get_by_label("Text, address or id").fill("from the browser")
    page.get_by_role("button", name="Show").click()
    page.locator(f'tr[data-id="{id_}"] a').click()
    page.get_by_text("Hand over").first.click()
    page.get_by_label("To").select_option(label="West Yard")
    page.get_by_label("Why").fill("The hole is over a main.")
    page.get_by_role("button", name="Hand over").click()
    page.get_by_role("status").get_by_text("Handed over to West Yard.").wait_for()
    assert api.one(id_)["agency_responsible"] == "West Yard"
    page.get_by_text("Change the status").click()
    page.get_by_label("Status").select_option("fixed")
    page.get_by_label("Note for everyone").fill("Filled.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").wait_for()
    assert (api.one(id_)["status"], api.one(id_)["status_notes"]) == ("closed", "Filled.")
    assert complaints == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier(
    browser: Browser,
    town: str,
    passwords: dict[str, str],
    complaints: list[str],
    size: str,
    scheme: str,
) -> None:
    width, height = SIZES[size]
    page = enter(
        browser,
        town,
        passwords["dispatch"],
        complaints,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",  # else colours may be looked at on their way
    )
    assert barriers(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0  # nothing lies beside the screen
    page.goto(f"{town}/staff/requests/20-0000001")
    for summary in page.locator("summary").all():
        summary.click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="Sign out").click()
    assert barriers(page) == []


def test_the_keyboard_is_enough(
    browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]
) -> None:
    page = enter(browser, town, passwords["dispatch"], complaints)
    page.locator("tr[data-id] a").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What to do").wait_for()
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "status"
