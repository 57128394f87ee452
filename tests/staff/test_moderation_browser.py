"""Forms about what the public sees, in a real browser: no barrier, and no script needed."""

import pytest
from browsing import barriers_in_all_views, enter
from georeport_client import Api
from playwright.sync_api import Browser, Page, expect

from tests.staff.test_holds import hold


@pytest.fixture
def page(browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]) -> Page:
    return enter(browser, town, "dispatch", passwords["dispatch"], complaints)


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
