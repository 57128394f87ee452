"""One report from a phone to staff and back, in real browsers, in each language."""

from collections.abc import Callable
from typing import Any

import pytest
from browsing import enter, record_complaints, start_page
from images import encoded, half_red
from playwright.sync_api import Browser, expect

from open311.web.languages import read_messages
from schemas.vocabulary.languages import LANGUAGES
from tests.residents.reported import Town

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "geolocation": {"latitude": 0.25, "longitude": 0.25, "accuracy": 12},
    "permissions": ["geolocation"],
}


def picture(name: str, width: int = 1200) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": encoded(half_red(width, 900), "JPEG")}


@pytest.fixture(scope="module")
def password(town: Town, run_command: Callable[..., str]) -> str:
    made = run_command(
        town.database, "users", "create", "chief", "--role", "dispatcher", "--generate"
    )
    return made.strip().rpartition("Password: ")[2]


OTHERS = [pytest.param(one, marks=pytest.mark.long) for one in LANGUAGES if one != "en"]


@pytest.fixture(params=["en", *OTHERS])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def say(language: str) -> Callable[[str], str]:
    return read_messages(language).gettext


def test_a_report_goes_from_a_phone_to_staff_and_back(
    town: Town,
    password: str,
    browser: Browser,
    language: str,
    say: Callable[[str], str],
    complaints: list[str],
) -> None:
    words = f"A deep hole before the school, {language}"
    phone = browser.new_context(**PHONE, locale=language)
    page = start_page(phone, f"{town.address}/{language}/")
    record_complaints(page, complaints)
    with page.expect_file_chooser() as chooser:
        page.get_by_text(say("Take or choose a photo")).tap()
    chooser.value.set_files(picture("hole.jpg"))
    page.locator(".previews img").wait_for()
    expect(page.locator("[name=lat]")).not_to_have_value("")
    page.locator("#suggested .tile", has_text="Pothole").tap()
    page.locator("[name=description]").fill(words)
    page.locator("#outlook").get_by_text("East Yard").wait_for()
    expect(page.locator("[name=proof]")).not_to_have_value("")
    page.wait_for_timeout(3000)  # a form that is sent at once is held
    page.get_by_role("button", name=say("Send"), exact=True).tap()
    page.wait_for_url("**/report/sent/*")
    track = page.url.replace("/report/sent/", "/track/")
    number = town.value("SELECT max(service_request_id) FROM service_requests")
    assert town.value(
        "SELECT public FROM service_requests WHERE service_request_id = %s", number
    ), town.rows("SELECT rule, seen FROM holds")

    desk = enter(browser, town.address, "chief", password, complaints, maps=False)
    desk.locator(f"main a[href*='{number}']").first.click()
    expect(desk.locator("p.said", has_text=words)).to_be_visible()
    expect(desk.get_by_alt_text("Photo 1 from the requester")).to_be_visible()
    desk.locator("summary", has_text="Assign").click()
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.locator("dl", has_text="Assigned to")).to_contain_text("chief")
    page.goto(track)
    expect(page.get_by_text(say("Received")).first).to_be_visible()

    desk.locator("summary", has_text="Update status").click()
    desk.locator("#status").select_option("in_progress")
    desk.locator("#status_notes").fill("The crew is on its way.")
    desk.get_by_role("button", name="Update status").click()
    page.reload()
    expect(page.get_by_text("The crew is on its way.").first).to_be_visible()

    desk.locator("summary", has_text="Close request").click()
    desk.locator("#close-notes").fill("Filled with asphalt.")
    desk.locator("#close-media").set_input_files(picture("done.jpg", 1000))
    desk.get_by_role("button", name="Close request").click()
    expect(desk.locator("summary", has_text="Reopen")).to_be_visible()
    page.goto(f"{town.address}/{language}/r/{number}")
    expect(page.get_by_text("Filled with asphalt.").first).to_be_visible()
    expect(page.locator("main img[src*='/media/']")).to_have_count(2)
    page.goto(track)
    expect(page.get_by_text("Filled with asphalt.").first).to_be_visible()
    expect(page.get_by_text(say("Is it fixed?"))).to_be_visible()

    page.locator("#fixed").get_by_label(say("No"), exact=True).tap()
    page.locator("#fixed [name=description]").fill("It has sunk again.")
    page.locator("#fixed button.main").tap()
    expect(page.get_by_role("status")).to_contain_text(say("The request is open again."))

    desk.goto(f"{town.address}/staff/requests?q={number}")
    desk.locator(f"tbody a[href*='{number}']").first.click()
    expect(desk.get_by_text("It has sunk again.").locator("visible=true").first).to_be_visible()
    expect(desk.locator("summary", has_text="Close request")).to_be_visible()
    assert complaints == []
