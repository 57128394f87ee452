"""Forms about what the public sees, in a real browser: no barrier, and no script needed."""

import pytest
import requests
from browsing import barriers_in_all_views, enter
from georeport_client import Api
from images import opened
from playwright.sync_api import Browser, Page, expect
from servers import PATIENCE

from tests.staff.test_holds import hold


@pytest.fixture
def page(browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]) -> Page:
    return enter(browser, town, "dispatch", passwords["dispatch"], complaints, maps=False)


def test_the_forms_of_a_held_report_have_no_barriers_and_publish_it(
    page: Page, town: str, city: str, api: Api, complaints: list[str]
) -> None:
    id_ = hold(city, api, photo=True)
    page.goto(f"{town}/staff/requests/{id_}")
    for summary in ("Withdraw as spam", "Hide or cover text", "Hide or black out a photo"):
        page.locator("summary", has_text=summary).click()
    assert barriers_in_all_views(page) == []
    page.get_by_label("Words to cover, one phrase on each line").fill("held")
    page.get_by_role("button", name="Cover these words").click()
    expect(page.get_by_role("status")).to_have_text("Words covered.")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Request published.")
    assert api.one(id_)["description"].startswith("▮▮▮ ")
    assert complaints == []


def test_boxes_are_drawn_over_a_photo_or_written_as_numbers(
    page: Page, town: str, city: str, api: Api, complaints: list[str]
) -> None:
    id_ = hold(city, api, photo=True)
    page.goto(f"{town}/staff/requests/{id_}")
    page.locator("summary", has_text="Hide or black out a photo").click()
    surface = page.get_by_role("group", name="Photo to black out")
    numbers = page.get_by_label("Boxes to black out")
    boxes = surface.get_by_role("button")
    photo = surface.locator("img")
    photo.scroll_into_view_if_needed()
    frame = photo.bounding_box()
    assert frame is not None
    x, y, width, height = frame["x"], frame["y"], frame["width"], frame["height"]
    page.mouse.move(x + width / 2, y + height / 2)
    page.mouse.down()
    page.mouse.move(x + width, y + height + 50, steps=4)  # beyond the edge
    page.mouse.up()
    drawn = [float(one) for one in numbers.input_value().split()]
    assert drawn == [pytest.approx(50, abs=0.5)] * 4
    expect(boxes).to_have_count(1)
    expect(boxes).to_be_focused()
    page.keyboard.press("ArrowLeft")
    assert float(numbers.input_value().split()[0]) == pytest.approx(drawn[0] - 2, abs=0.1)
    assert barriers_in_all_views(page) == []
    page.keyboard.press("Enter")
    expect(numbers).to_have_value("")
    expect(boxes).to_have_count(0)
    numbers.fill("0 0 50 100\n90 90 5 5")
    expect(boxes).to_have_count(2)
    page.get_by_role("button", name="Black out the boxes").click()
    expect(page.get_by_role("status")).to_have_text("Photo blacked out.")
    page.get_by_role("button", name="Publish", exact=True).click()
    answer = requests.get(api.one(id_)["media_url"], timeout=PATIENCE)
    image = opened(answer.content).convert("RGB")
    assert max(image.getpixel((image.width // 4, image.height // 2))) < 16
    assert complaints == []
