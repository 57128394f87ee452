"""The pages that run the city, in a real browser: no barrier, and a user made by hand."""

from administrators import NAME
from browsing import barriers_in_all_views, enter
from playwright.sync_api import Browser

PAGES = ["", "/users", "/keys", "/departments", "/services", "/service/SURVEY"]


def test_no_page_has_a_barrier(
    browser: Browser, town: str, password: str, complaints: list[str]
) -> None:
    page = enter(browser, town, NAME, password, complaints, "/city")
    for path in PAGES:
        page.goto(f"{town}/staff/city{path}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert barriers_in_all_views(page) == [], path
    assert complaints == []


def test_a_user_is_made_by_hand(
    browser: Browser, town: str, password: str, complaints: list[str]
) -> None:
    page = enter(browser, town, NAME, password, complaints, "/city")
    page.get_by_role("link", name="Users").first.click()
    page.get_by_label("Username").fill("parks")
    page.get_by_label("Role").last.select_option("department")
    page.get_by_label("Department (Department staff only)").last.select_option("WEST")
    page.get_by_role("button", name="Create user").click()
    secret = page.locator("code.secret").inner_text()
    assert len(secret) >= 20
    other = enter(browser, town, "parks", secret, complaints, "/")
    other.get_by_role("heading", name="Work queue").wait_for()
    assert complaints == []
