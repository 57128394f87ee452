"""Requests that staff enter in a real browser: one page, from the first word to the number."""

import re
from dataclasses import dataclass

import pytest
from browsing import enter
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
    print(f"A call taken: {clerk.keys} keys, {clerk.clicks} clicks, 3 pages")
    assert complaints == []
