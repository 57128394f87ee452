"""Requests that staff enter in a real browser: one page, from the first word to the number."""

import re
from dataclasses import dataclass

import pytest
from browsing import barriers_in_all_views, enter
from georeport_client import Api
from playwright.sync_api import Browser, Page, expect

from tests.staff.calls_town import calls_city, calls_server

city = pytest.fixture(scope="module")(calls_city)
town = pytest.fixture(scope="module")(calls_server)


@pytest.fixture
def page(browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]) -> Page:
    """The empty form, to dispatch, with its script ready."""
    found = enter(browser, town, "dispatch", passwords["dispatch"], complaints, "/new")
    found.wait_for_selector("html[data-ready]")
    return found


@dataclass
class Clerk:
    """Someone at the keyboard, who counts what they press."""

    page: Page
    keys: int = 0
    clicks: int = 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def focused(self) -> str:
        """Return the name of the field that has the focus."""
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.id"))

    def go_to(self, name: str) -> None:
        """Press Tab until a field has the focus."""
        for _key in range(40):
            if self.focused() == name:
                return
            self.press("Tab")
        raise AssertionError(f"no Tab leads to {name}")


def test_a_call_taken_by_keyboard(page: Page, complaints: list[str]) -> None:
    clerk = Clerk(page)
    assert clerk.focused() == "description"
    clerk.type("hole in road")
    expect(page.locator("#suggested .tile").first).to_contain_text("Pothole")
    clerk.go_to("service_code")
    clerk.press("Space")
    outlook = page.locator("#outlook")
    expect(outlook).to_contain_text("Expected by")
    clerk.go_to("address_string")
    clerk.type("111 s br")
    expect(page.locator("#addresses option")).to_have_count(1)
    clerk.type("oad st")
    expect(outlook).not_to_contain_text("East Yard")
    clerk.go_to("first_name")
    expect(outlook).to_contain_text("East Yard will take this")
    clerk.type("Ann")
    clerk.press("Tab")
    clerk.type("Example")
    clerk.press("Tab")
    clerk.type("740 555 0123")
    clerk.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Request 26-\d+ saved"))
    again = page.get_by_role("button", name="Take another call")
    expect(again).to_be_focused()
    clerk.press("Enter")
    page.wait_for_selector("html[data-ready]")
    assert clerk.focused() == "description"
    clerk.go_to("service_code")
    clerk.press("/")  # a shortcut would leave the form
    expect(page).to_have_url(re.compile("/staff/new"))
    print(f"A call taken: {clerk.keys} keys, {clerk.clicks} clicks, 3 pages")
    assert complaints == []


def test_a_caller_is_added_to_what_is_nearby(page: Page, complaints: list[str], api: Api) -> None:
    there = api.report(lat=-0.5, long=0.2, description="A deep hole", service_code="POTHOLE")
    page.get_by_label("Description").fill("hole")
    page.get_by_label("Pothole").check()
    address = page.get_by_label("Address or nearest corner")
    address.fill("12 main st")
    address.press("Enter")  # saves nothing
    expect(page.locator("#outlook")).to_contain_text("It may be one of several.")
    address.fill("5 north strasse")
    address.press("Enter")
    similar = page.locator(".similar li")
    expect(similar).to_contain_text(there)
    expect(similar).to_contain_text("A deep hole")
    expect(page.locator("#save")).to_have_text("Save as new request")
    page.locator("#email").fill("nobody")
    assert barriers_in_all_views(page) == []
    page.locator("#save").click()
    wrong = page.locator("#problems")
    expect(wrong).to_be_focused()
    expect(page.get_by_label("Description")).to_have_value("hole")
    assert "status of 400" in " ".join(complaints)
    assert barriers_in_all_views(page) == []
    page.locator("#email").fill("ann@mail.example")
    page.get_by_label("Send updates about this request by email").check()
    page.get_by_role("button", name="Add this caller").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Caller added to request {there}")
    expect(page.get_by_text("The caller is asked to confirm")).to_be_visible()
    assert barriers_in_all_views(page) == []


def test_questions_are_asked_and_a_pin_is_set_on_the_map(page: Page, complaints: list[str]) -> None:
    page.locator("#all-services summary").click()
    page.get_by_label("Survey").check()
    page.get_by_label("A clerk").check()
    page.get_by_text("More details").click()
    page.get_by_label("How many?").fill("3")
    page.get_by_role("button", name="Show a map").click()
    page.wait_for_selector("#map[data-drawn]")
    page.get_by_role("button", name="Use this place").click()
    expect(page.locator("#found")).to_contain_text("Near")
    expect(page.locator("#outlook")).to_contain_text("will take this")
    assert barriers_in_all_views(page) == []
    page.get_by_role("radio", name="Seen by staff").check()
    page.locator("#save").click()
    expect(page.get_by_role("button", name="Enter another request")).to_be_focused()
    page.get_by_role("button", name="Open request").click()
    expect(page.get_by_text("A clerk")).to_be_visible()
    expect(page.get_by_text("Seen by staff, English")).to_be_visible()
    assert complaints == []


def test_a_service_keeps_the_focus_when_others_move_to_the_front(page: Page) -> None:
    first = page.locator("#suggested input").first
    first.focus()
    name = first.get_attribute("value")
    page.evaluate(
        """() => {
          const field = document.getElementById("description");
          field.value = "survey";
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect(page.locator("#suggested .tile").first).to_contain_text("Survey")
    assert page.evaluate("document.activeElement.value") == name
