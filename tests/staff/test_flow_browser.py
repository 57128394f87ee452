"""Search results by keyboard alone, and the way back to the place where one was, in a browser."""

import re
from collections.abc import Iterator

import pytest
from administrators import NAME
from browsing import barriers_in_all_views, enter
from georeport_client import Api
from playwright.sync_api import Browser, Page, expect
from staff_client import Person


@pytest.fixture(scope="module")
def reports(api: Api) -> list[str]:
    """More than a page of the list, the newest last."""
    return [api.report(lat=0.4, long=0.4, description=f"Walrus {n}") for n in range(60)]


@pytest.fixture
def page(
    browser: Browser,
    town: str,
    passwords: dict[str, str],
    reports: list[str],
    complaints: list[str],
) -> Iterator[Page]:
    path = "/requests?q=walrus&sort=requested_datetime"
    found = enter(browser, town, "dispatch", passwords["dispatch"], complaints, path, maps=False)
    found.wait_for_selector("html[data-keys]")
    yield found
    assert complaints == []
    found.context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused_row(page: Page) -> str | None:
    row: str | None = page.evaluate("document.activeElement.closest('tr[data-id]')?.dataset.id")
    return row


def open_request(page: Page, id_: str) -> None:
    """Wait until the page of a request is there, with its shortcuts."""
    page.wait_for_url(re.compile(f"/staff/requests/{id_}"))
    page.wait_for_selector("html[data-keys]")


def tabs_to(page: Page, selector: str) -> int:
    """Press Tab, and Enter on the skip link that is meant for it, until a part has the focus."""
    for number in range(1, 100):
        press(page, "Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return number
        label = page.evaluate("document.activeElement.textContent")
        if label in ("Skip to the list", "Skip to the actions"):
            press(page, "Enter")
    raise AssertionError(f"{selector} is not reached")


def test_keys_lead_through_the_list_and_the_requests(page: Page, reports: list[str]) -> None:
    press(page, "j")
    assert focused_row(page) == reports[0]
    press(page, "j", "j", "k")
    assert focused_row(page) == reports[1]
    press(page, "o")
    open_request(page, reports[1])
    press(page, "j")
    open_request(page, reports[2])
    press(page, "k")
    open_request(page, reports[1])
    press(page, "u")
    page.wait_for_selector("#list[data-placed]")
    assert focused_row(page) == reports[1]
    press(page, "j")
    assert focused_row(page) == reports[2]
    press(page, "Enter")
    open_request(page, reports[2])


def test_keys_open_what_is_to_do_and_nothing_while_one_types(
    page: Page, town: str, reports: list[str]
) -> None:
    page.goto(f"{town}/staff/requests/{reports[0]}?search=q%3Dwalrus")
    open_request(page, reports[0])
    press(page, "n")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("jack/a?c")
    expect(page.locator("#text")).to_have_value("jack/a?c")
    press(page, "Escape")
    expect(page.locator("#text")).to_be_hidden()
    press(page, "j")  # not while a note is typed
    press(page, "c")
    expect(page.locator("details[data-key=c]")).to_have_attribute("open", "")
    press(page, "Escape", "a")
    expect(page.locator("#name")).to_be_focused()
    press(page, "Control+Enter")
    page.get_by_role("status").get_by_text("Assigned to dispatch.").wait_for()
    page.wait_for_selector("html[data-keys]")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert barriers_in_all_views(page) == []
    press(page, "j", "Escape")
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "/")
    page.wait_for_url(re.compile(r"/staff/requests\?status=open#q"))
    expect(page.locator("#q")).to_be_focused()


def test_the_way_back_leads_to_the_place(page: Page, reports: list[str]) -> None:
    """Although the row is on the second page of the list, which loads as one scrolls."""
    with page.expect_response(lambda answer: "after=" in answer.url):
        page.locator("tr[data-id]").last.scroll_into_view_if_needed()
    row = page.locator(f'tr[data-id="{reports[55]}"]')
    row.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    row.locator("th a").click()
    open_request(page, reports[55])
    page.get_by_role("link", name="Back to results").click()
    page.wait_for_selector("#list[data-placed]")
    assert page.evaluate("scrollY") == place
    assert focused_row(page) == reports[55]
    expect(page.locator("tr[data-id]")).to_have_count(60)


def test_few_tabs_lead_to_the_first_row_and_to_closing(page: Page, reports: list[str]) -> None:
    """It was 58 and 16 without the skip links."""
    page.reload()
    page.wait_for_selector("html[data-keys]")
    assert tabs_to(page, f'tr[data-id="{reports[0]}"] th a') <= 4
    press(page, "Enter")
    open_request(page, reports[0])
    assert tabs_to(page, "details[data-key=c] > summary") <= 8


def test_who_turns_them_off_has_no_shortcuts(
    browser: Browser,
    town: str,
    passwords: dict[str, str],
    reports: list[str],
    complaints: list[str],
) -> None:
    page = enter(browser, town, "west", passwords["west"], complaints, "/account", maps=False)
    page.get_by_label("Use keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save preferences").click()
    page.get_by_text("Preferences saved.").wait_for()
    page.goto(f"{town}/staff/requests?q=walrus&sort=requested_datetime")
    press(page, "j", "?")
    assert focused_row(page) is None
    assert page.locator("#keys").count() == 0
    assert complaints == []


TEMPLATE = {
    "name": "Walrus gone",
    "detailed_status": "fixed",
    "note_en": "The walrus of ((date)) is gone.",
    "internal_note": "Seen by ((department)).",
    "step": "save",
}


@pytest.fixture
def template(chief: Person) -> Iterator[None]:
    """A template for closing, until the test ends."""
    path = "/city/responses"
    assert "added." in chief.post(f"{path}/new", f"{path}/new", **TEMPLATE).text
    yield
    [number] = re.findall(rf'href="/staff{path}/(\d+)"', chief.get(path).text)
    chief.post(path, f"{path}/{number}/remove")


@pytest.mark.usefixtures("template")
def test_a_chosen_template_fills_in_what_can_be_changed(
    page: Page, town: str, reports: list[str]
) -> None:
    page.goto(f"{town}/staff/requests/{reports[5]}")
    page.wait_for_selector("html[data-keys]")
    press(page, "c")
    expect(page.locator("#close-response")).to_be_focused()
    expect(page.get_by_role("button", name="Fill in")).to_have_count(0)
    page.locator("#close-notes").fill("Dear requester,")
    page.locator("#close-status").select_option("no_further_action")
    page.locator("#close-response").select_option(label="Walrus gone")
    expect(page.locator("#close-status")).to_have_value("fixed")
    expect(page.locator("#close-notes")).to_have_value(
        re.compile(r"^Dear requester,\nThe walrus of \w+ \d+ is gone\.$")
    )
    expect(page.locator("#close-internal")).to_have_value(re.compile("^Seen by .+ Yard"))


@pytest.mark.usefixtures("template")
def test_one_request_after_another_by_keyboard_alone(page: Page, town: str, api: Api) -> None:
    """Assigned or closed with a template, each followed by the next one; keys are counted.

    make bench-work does it with ten.
    """
    *todo, last = [api.report(lat=0.4, long=0.4, description=f"Narwhal {n}") for n in range(5)]
    page.goto(f"{town}/staff/account")
    page.get_by_label("Go to the next request").check()
    page.get_by_role("button", name="Save preferences").click()
    page.goto(f"{town}/staff/requests?q=narwhal&status=open&sort=requested_datetime")
    page.wait_for_selector("html[data-keys]")
    keys = ["j", "o"]
    press(page, *keys)
    for number, id_ in enumerate(todo):
        open_request(page, id_)
        done = ["c", "ArrowDown"] if number % 2 else ["a"]
        press(page, *done, "Control+Enter")
        keys += [*done, "Control+Enter"]
    open_request(page, last)
    expect(page.get_by_role("status")).to_contain_text(f"{todo[-1]}: Status updated: resolved.")
    assert len(keys) == 12
    for number, id_ in enumerate(todo):
        assert api.one(id_)["status"] == ("closed" if number % 2 else "open")
    page.goto(f"{town}/staff/account")
    page.get_by_label("Stay on the request").check()
    page.get_by_role("button", name="Save preferences").click()
    page.get_by_text("Preferences saved.").wait_for()


@pytest.mark.usefixtures("template")
def test_the_new_pages_have_no_barrier(
    browser: Browser, town: str, password: str, reports: list[str], complaints: list[str]
) -> None:
    page = enter(browser, town, NAME, password, complaints, "/city/responses")
    for path in (
        "/city/responses",
        "/city/responses/new",
        "/account",
        f"/requests/{reports[30]}?search=q%3Dwalrus",
    ):
        page.goto(f"{town}/staff{path}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert barriers_in_all_views(page) == [], path
    assert complaints == []
