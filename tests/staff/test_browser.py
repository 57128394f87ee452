"""The workspace in a real browser: the map drawn, the list following it, no barrier anywhere."""

import re

import pytest
from browsing import barriers_in_all_views, changed, enter, wait_for_map
from georeport_client import Api
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect
from servers import wait_until


@pytest.fixture
def page(browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]) -> Page:
    """The list, to dispatch, with its map drawn."""
    found = enter(browser, town, "dispatch", passwords["dispatch"], complaints)
    wait_for_map(found)
    return found


@pytest.fixture
def desk(browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]) -> Page:
    """The list, to dispatch, for tests that look at no map."""
    return enter(browser, town, "dispatch", passwords["dispatch"], complaints, maps=False)


def listed(page: Page) -> list[str]:
    return [row.get_attribute("data-id") or "" for row in page.locator("tr[data-id]").all()]


def on_map(page: Page, x: float, y: float) -> tuple[float, float]:
    """Give where a part of the map's width and height is on the screen."""
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def click(page: Page, *places: tuple[float, float]) -> None:
    for x, y in places:
        spot = on_map(page, x, y)
        page.mouse.move(*spot, steps=4)
        page.mouse.click(*spot)


def resting_place(part: Locator) -> FloatRect:
    """Return where a part of a map is once it does not move any more."""
    places: list[FloatRect | None] = [None]

    def rests() -> bool:
        places.append(part.bounding_box())
        return places[-1] is not None and places[-1] == places[-2]

    assert wait_until(rests)
    assert places[-1] is not None
    return places[-1]


def at_its_address(page: Page) -> list[str]:
    """Return what the server lists at the address of a page: what anyone who opens it sees."""
    answer = page.request.get(page.url)
    assert answer.ok
    return re.findall(r'<tr data-id="([^"]+)"', answer.text())


def test_the_list_follows_the_map_and_all_is_in_the_address(
    page: Page, complaints: list[str]
) -> None:
    assert len(listed(page)) >= 6
    with page.expect_response(lambda answer: "/requests/list?" in answer.url):
        page.mouse.move(*on_map(page, 0.5, 0.5))
        page.mouse.down()
        page.mouse.move(*on_map(page, 0.02, 0.5), steps=12)
        page.mouse.up()
    expect(page).to_have_url(re.compile("bbox="))
    expect(page.locator('tr[data-id="20-0000001"]')).to_have_count(0)
    there = listed(page)
    assert at_its_address(page) == there
    assert complaints == []


@pytest.mark.parametrize(
    ("button", "places", "parameter"),
    [
        ("Polygon", [(0.3, 0.1), (0.48, 0.1), (0.48, 0.9), (0.3, 0.9), (0.3, 0.1)], "polygon"),
        pytest.param("Rectangle", [(0.3, 0.1), (0.48, 0.9)], "polygon", marks=pytest.mark.long),
        ("Circle", [(0.4, 0.3), (0.43, 0.4)], "circle"),
        ("Line buffer", [(0.35, 0.3), (0.4, 0.27), (0.42, 0.6), (0.42, 0.6)], "along"),
    ],
)
def test_an_area_is_drawn_and_stands_in_the_address(
    page: Page,
    complaints: list[str],
    button: str,
    places: list[tuple[float, float]],
    parameter: str,
) -> None:
    everything = set(listed(page))
    if parameter == "along":
        page.get_by_text("Draw on the map or enter coordinates").click()
        page.get_by_label("Distance on each side").fill("20000")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name=button)).to_have_attribute("aria-pressed", "true")
    click(page, *places)
    expect(page).to_have_url(re.compile(f"[?&]{parameter}="))
    page.locator(".summary[data-area*=Polygon]").wait_for(state="attached")
    inside = set(listed(page))
    assert "20-0000001" in inside  # in the west, which was drawn around
    assert "26-0000006" not in inside
    assert inside < everything
    assert set(at_its_address(page)) == inside
    page.get_by_role("button", name="Clear area").click()
    expect(page.locator("tr[data-id]")).to_have_count(len(everything))
    assert set(listed(page)) == everything
    assert complaints == []


def test_filters_count_at_once_and_the_map_shows_what_is_pointed_at(
    page: Page, complaints: list[str]
) -> None:
    filters = page.get_by_role("form", name="Filters")
    filters.get_by_label("Status", exact=True).select_option("closed")
    expect(page.locator("tr[data-id]")).to_have_count(2)
    assert "status=closed" in page.url
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    before = page.locator("#map canvas").screenshot()
    page.locator('tr[data-id="20-0000001"] a').focus()
    changed(page.locator("#map canvas"), before)
    page.get_by_label("Color by").select_option("age")
    page.get_by_text("groups use the average").wait_for()
    page.locator("#layers summary").click()
    page.get_by_label("Ward", exact=True).uncheck()
    expect(page).to_have_url(re.compile("hide=ward"))
    assert at_its_address(page) == listed(page)
    assert complaints == []
    page.get_by_text("Draw on the map or enter coordinates").click()
    page.get_by_label("Circle: lat").fill("0,0,99999999")
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_role("alert").get_by_text("Circle must have a radius from 1 to").wait_for()


def test_on_a_phone_each_value_of_the_list_has_its_label(desk: Page) -> None:
    shown = "one => getComputedStyle(one, '::before').content"
    cells = desk.locator('tr[data-id="26-0000006"] td[data-label]')
    assert {cell.evaluate(shown) for cell in cells.all()} == {"none"}
    desk.set_viewport_size({"width": 390, "height": 844})
    labels = [cell.evaluate(shown) for cell in cells.all() if cell.get_attribute("data-label")]
    assert '"Department: "' in labels
    assert '"Submitted: "' in labels


def test_the_list_goes_on_as_one_scrolls(desk: Page, api: Api, complaints: list[str]) -> None:
    for number in range(55):
        api.report(lat=0.2, long=0.2, description=f"One of a row {number}")
    desk.get_by_label("Search text, address, or request number").fill("one of a row")
    desk.get_by_role("button", name="Apply filters").click()
    expect(desk.locator("#count")).to_contain_text("55")
    desk.locator("tr[data-id]").last.scroll_into_view_if_needed()
    desk.mouse.wheel(0, 5000)
    expect(desk.locator("tr[data-id]")).to_have_count(55)
    assert len(set(listed(desk))) == 55
    desk.get_by_label("Select all requests on this page").check()
    desk.get_by_text("Update selected requests (55)").click()
    desk.get_by_role("button", name="Acknowledge for each department").click()
    desk.get_by_text("55 requests updated.").wait_for()
    desk.get_by_role("link", name="Back to requests").click()
    expect(desk).to_have_url(re.compile("q=one\\+of\\+a\\+row"))
    assert complaints == []


def test_a_request_goes_its_way_and_the_public_sees_it(
    desk: Page, api: Api, complaints: list[str]
) -> None:
    id_ = api.report(lat=0.5, long=0.5, description="Seen from the browser")
    desk.get_by_label("Search text, address, or request number").fill("from the browser")
    desk.get_by_role("button", name="Apply filters").click()
    desk.locator(f'tr[data-id="{id_}"] a').click()
    desk.get_by_text("Transfer").first.click()
    desk.get_by_label("Department", exact=True).locator("visible=true").select_option(
        label="West Yard"
    )
    desk.get_by_label("Reason", exact=True).fill("The hole is over a main.")
    desk.get_by_role("button", name="Transfer").click()
    desk.get_by_role("status").get_by_text("Transferred to West Yard.").wait_for()
    assert api.one(id_)["agency_responsible"] == "West Yard"
    desk.get_by_text("Close request", exact=True).first.click()
    desk.get_by_label("Public note (reason)").fill("Filled.")
    desk.get_by_role("button", name="Close request").click()
    desk.get_by_role("status").get_by_text("Status updated: resolved.").wait_for()
    assert (api.one(id_)["status"], api.one(id_)["status_notes"]) == ("closed", "Filled.")
    assert complaints == []


def test_a_pin_is_dragged_and_the_request_routed_again(
    page: Page, town: str, api: Api, complaints: list[str]
) -> None:
    id_ = api.report(lat=0.5, long=0.01)
    page.goto(f"{town}/staff/requests/{id_}")
    wait_for_map(page)
    pin = resting_place(page.locator(".maplibregl-marker"))
    grip = (pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2)
    page.mouse.move(*grip)
    page.mouse.down()
    page.mouse.move(grip[0] - 250, grip[1], steps=10)  # across the border, to the west
    page.mouse.up()
    expect(page.get_by_label("Longitude")).to_have_value(re.compile("^-"))
    page.get_by_role("button", name="Save location").click()
    page.get_by_role("status").get_by_text(
        "Location changed. The request is now with West Yard."
    ).wait_for()
    assert float(api.one(id_)["long"]) < 0
    assert complaints == []


def test_two_at_once_do_not_overwrite_one_another(
    desk: Page,
    browser: Browser,
    town: str,
    passwords: dict[str, str],
    api: Api,
    complaints: list[str],
) -> None:
    id_ = api.report(lat=0.5, long=-0.5)
    path = f"/requests/{id_}"
    other = enter(browser, town, "west", passwords["west"], complaints, path, maps=False)
    desk.goto(f"{town}/staff/requests/{id_}")
    for one, note in ((desk, "On Monday."), (other, "On Tuesday.")):
        one.locator("summary").filter(has_text="Update status").click()
        one.get_by_label("Status", exact=True).select_option("planned")
        one.get_by_label("Public note", exact=True).fill(note)
    desk.get_by_role("button", name="Update status", exact=True).click()
    desk.get_by_role("status").wait_for()
    other.get_by_role("button", name="Update status", exact=True).click()
    other.get_by_text(f"Someone else changed {id_}").first.wait_for()
    assert other.get_by_label("Public note", exact=True).input_value() == "On Tuesday."
    assert other.get_by_text("On Monday.").count() == 1
    assert api.one(id_)["status_notes"] == "On Monday."


def test_it_speaks_another_language_from_then_on(desk: Page, town: str) -> None:
    desk.get_by_role("button", name="Español").click()
    expect(desk.locator("html")).to_have_attribute("lang", "es")
    desk.get_by_role("heading", name="Solicitudes").wait_for()
    desk.goto(f"{town}/staff/")
    expect(desk.locator("html")).to_have_attribute("lang", "es")
    desk.get_by_role("button", name="English").click()
    expect(desk.locator("html")).to_have_attribute("lang", "en")


PATHS = {
    "day": "/",
    "list": "/requests?circle=0.5,0.5,30000&color=age",
    "request": "/requests/20-0000001",
    "saved": "/saved/?query=circle%3D0.5,0.5,300",
}


def look_at_a_bulk_action(page: Page, town: str) -> None:
    """Choose, check, and confirm an action, and look at each page; no job does it here."""
    page.goto(f"{town}/staff/requests?q=pothole")
    page.get_by_role("link", name="requests found").click()
    assert barriers_in_all_views(page) == [], "choose"
    form = page.locator("form", has_text="Set priority")
    form.get_by_label("Priority", exact=True).select_option("high")
    form.get_by_role("button").click()
    page.get_by_role("heading", name="Check before you confirm").wait_for()
    assert barriers_in_all_views(page) == [], "check"
    page.get_by_role("button", name="Change ").click()
    expect(page.locator("#state")).to_contain_text("Running: 0 of")
    assert barriers_in_all_views(page) == [], "progress"


def test_no_page_has_a_barrier(
    browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]
) -> None:
    page = enter(browser, town, "dispatch", passwords["dispatch"], complaints)
    for name, path in PATHS.items():
        page.goto(f"{town}/staff{path}")
        if page.locator("#map").count():
            wait_for_map(page)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert barriers_in_all_views(page) == [], name
    look_at_a_bulk_action(page, town)
    reader = enter(browser, town, "reader", passwords["reader"], complaints, maps=False)
    reader.get_by_role("button", name="Sign out").click()
    reader.get_by_label("Password").wait_for()
    assert barriers_in_all_views(reader) == []
    assert complaints == []


def test_the_keyboard_is_enough(desk: Page) -> None:
    desk.locator("tr[data-id] a").first.focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("heading", name="Actions").wait_for()
    desk.locator("summary", has_text="Update status").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.id") == "status"
    assert re.match(r"select", desk.evaluate("document.activeElement.tagName"), re.I)


def test_lists_for_paper_and_for_people_without_an_account_have_no_barriers(
    browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]
) -> None:
    search = "?status=open"
    page = enter(
        browser, town, "dispatch", passwords["dispatch"], complaints, f"/requests/print{search}"
    )
    wait_for_map(page)
    numbers = page.locator("#map .number").all_inner_texts()
    rows = page.locator("tr[data-lat]").all()
    assert numbers == [row.get_attribute("data-number") for row in rows] != []
    page.goto(f"{town}/staff/columns/{search}")
    assert barriers_in_all_views(page) == []
    page.goto(f"{town}/staff/links/?query=status%3Dopen")
    page.get_by_role("button", name="Make link").click()
    address = page.get_by_label("Link to copy").first.input_value()
    assert barriers_in_all_views(page) == []
    reader = browser.new_context(device_scale_factor=0.5).new_page()
    reader.goto(address)
    wait_for_map(reader)
    assert reader.locator("#map .number").count() == len(numbers)
    assert barriers_in_all_views(reader) == []
    assert complaints == []
