"""The work queue, and the forms that edit a request, in a browser."""

from collections.abc import Callable
from pathlib import Path

from browsing import barriers_in_all_views, enter, wait_for_map
from georeport_client import Api
from playwright.sync_api import Browser, expect

REGISTER = Path(__file__).parents[1] / "addresses/gridtown.csv"


def test_a_new_service_asks_and_a_new_place_offers_its_address(
    browser: Browser,
    town: str,
    city: str,
    passwords: dict[str, str],
    complaints: list[str],
    api: Api,
    run_command: Callable[..., str],
) -> None:
    run_command(
        *(city, "addresses", "import", str(REGISTER), "--source", "gridtown.csv"),
        *("--license", "CC0", "--vintage", "2026", "--by", "clerk", "--commit"),
    )
    id_ = api.report(lat=0.5, long=-0.4, address_string="9 Old Road")
    page = enter(browser, town, "west", passwords["west"], complaints, "/")
    assert barriers_in_all_views(page) == []
    page.get_by_role("button", name="Entire city").click()
    expect(page.get_by_text("Work for you and the entire city.")).to_be_visible()
    page.goto(f"{town}/staff/requests/{id_}")
    wait_for_map(page)
    page.get_by_text("Edit request", exact=True).click()
    page.get_by_label("Service", exact=True).select_option("SURVEY")
    page.get_by_label("Who should come?").select_option("A crew")
    offer = page.get_by_role("group", name="Address", exact=True)
    expect(offer).to_be_hidden()
    page.get_by_label("Longitude").fill("-0.49999")
    page.get_by_label("Longitude").press("Tab")
    expect(offer.get_by_label("Keep: 9 Old Road")).to_be_checked()
    offer.get_by_label("Change to the nearest address").check()
    assert barriers_in_all_views(page) == []
    page.get_by_role("button", name="Save location").click()
    expect(page.get_by_text("Location changed.")).to_be_visible()
    assert api.one(id_)["address"].startswith("12 ")
    assert complaints == []
    page.context.close()
