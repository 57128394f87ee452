"""The pages that run the city, in a real browser: no barrier, and a user made by hand."""

import re
from pathlib import Path

from administrators import NAME
from browsing import barriers_in_all_views, enter
from images import encoded, half_red
from playwright.sync_api import Browser, expect

PAGES = [
    *("", "/users", "/keys", "/departments", "/services", "/service/SURVEY", "/site"),
    *("/webhooks", "/audit", "/users/reader", "/rules/tests"),
]
OF_OTHERS = ["/notices", "/forgot-password"]
"""Pages outside of administration."""


def test_no_page_has_a_barrier(
    browser: Browser,
    town: str,
    password: str,
    passwords: dict[str, str],
    complaints: list[str],
) -> None:
    page = enter(browser, town, NAME, password, complaints, "/city")
    for path in [*(f"/city{one}" for one in PAGES), *OF_OTHERS]:
        page.goto(f"{town}/staff{path}")
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


def test_a_website_is_opened_by_hand(
    browser: Browser, town: str, password: str, complaints: list[str], tmp_path: Path
) -> None:
    page = enter(browser, town, NAME, password, complaints, "/city")
    page.get_by_role("link", name=re.compile("website$")).last.click()
    page.get_by_label("Further language 1").select_option("es")
    page.get_by_label("Color").fill("#ffd400")
    page.get_by_label("What is an emergency").first.fill("A wire on the ground")
    page.get_by_role("button", name="Save", exact=True).click()
    color = page.get_by_label("Color")
    expect(color).to_have_accessible_description(re.compile("White text cannot be read"))
    expect(page.get_by_label("What is an emergency").first).to_have_value("A wire on the ground")
    assert barriers_in_all_views(page) == []
    color.fill("#7a1f2b")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").wait_for()

    page.get_by_role("button", name="Save logo").click()
    page.get_by_role("alert").get_by_text("Choose an image file.").wait_for()
    logo = tmp_path / "logo.png"
    logo.write_bytes(encoded(half_red(), "PNG"))
    page.get_by_label("Image file").set_input_files(logo)
    page.get_by_role("button", name="Save logo").click()
    image = page.get_by_role("img", name="Current logo")
    image.wait_for()
    page.wait_for_load_state()
    assert image.evaluate("(one) => one.naturalWidth") == 60
    page.get_by_text("HTML for these websites").click()
    assert f"{town}/embed/report" in page.get_by_label("Report form").input_value()
    assert barriers_in_all_views(page) == []
    for path in ("/service/SURVEY", "/departments"):
        page.goto(f"{town}/staff/city{path}")
        page.get_by_role("heading", name="Translations").wait_for()
        assert barriers_in_all_views(page) == [], path
    refused = "the server responded with a status of 400"  # the two forms with an error
    assert [one for one in complaints if refused not in one] == []


def test_questions_are_dragged_into_order_and_moved_by_keyboard(
    browser: Browser, town: str, password: str, complaints: list[str]
) -> None:
    page = enter(browser, town, NAME, password, complaints, "/city/service/SURVEY")
    codes = "[...document.querySelectorAll('[data-item]')].map((one) => one.dataset.item)"
    before = page.evaluate(codes)
    first, third = (page.locator("[data-item]").nth(place) for place in (0, 2))
    first.locator("[data-grip]").hover()
    page.mouse.down()
    box = third.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 2, steps=5)
    with page.expect_navigation():
        page.mouse.up()
    assert page.evaluate(codes) == [before[1], before[2], before[0], *before[3:]]
    page.locator("[data-item]").nth(2).locator("summary").first.click()
    page.get_by_role("button", name=f"Move question {before[0]} up").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate(codes) == [before[1], before[0], *before[2:]]
    assert complaints == []
