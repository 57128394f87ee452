"""The form of alerts with scripts, in a real browser: an area is drawn on a map."""

from browsing import barriers_in_all_views, record_complaints, wait_for_map
from playwright.sync_api import Browser, expect

from tests.telling.mailing import MailTown


def test_an_area_is_drawn_on_the_map_and_sent(
    browser: Browser, town: MailTown, complaints: list[str]
) -> None:
    page = browser.new_context().new_page()
    record_complaints(page, complaints)
    page.goto(f"{town.address}/en/follow")
    page.get_by_role("button", name="Draw it on a map").click()
    wait_for_map(page)
    page.get_by_role("button", name="Rectangle").click()
    box = page.locator("#map canvas").first.bounding_box()
    assert box is not None
    for share in (0.3, 0.6):
        place = {"x": box["width"] * share, "y": box["height"] * share}
        page.locator("#map canvas").first.click(position=place)  # type: ignore[arg-type]
    expect(page.locator("#area-says")).to_have_text("The area is drawn.")
    expect(page.locator("input[name=where][value=area]")).to_be_checked()
    assert barriers_in_all_views(page) == []
    page.get_by_label("Email").fill("kim@mail.example")
    page.get_by_role("button", name="Send me emails").click()
    expect(page.get_by_role("status")).to_contain_text("Look into your mailbox")
    corners = "SELECT place, ST_NPoints(area), ST_IsValid(area) FROM alerts"
    assert town.rows(corners) == [("area", 5, True)]
    assert complaints == []
