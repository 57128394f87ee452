"""The report form on one page, in a browser, on the sample site."""

import io
from typing import Any

import pytest
from browsing import COUNT_TAPS, start_page, wait_for_map
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, expect
from servers import wait_until

HERE = {"latitude": 39.7137, "longitude": -82.5993, "accuracy": 12}


def phone(browser: Browser, **options: Any) -> BrowserContext:
    """Return a phone, whose location is known unless the options say otherwise.

    The pages for phones without a network, which would be loaded next, have tests of their own.
    """
    known = {"geolocation": HERE, "permissions": ["geolocation"], "has_touch": True}
    size = {"width": 390, "height": 844}
    given: dict[str, Any] = {**known, **options}
    return browser.new_context(viewport=size, service_workers="block", **given)  # type: ignore[arg-type]


def photo(width: int = 2400, height: int = 1600) -> FilePayload:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(file, "JPEG", quality=92)
    return {"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def tile(page: Page, name: str) -> Locator:
    return page.locator(".tile", has_text=name)


def take_photo(page: Page, file: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Take or choose a photo").click()
    chooser.value.set_files(file)
    page.locator(".previews img").last.wait_for()


def the_only(reports: dict[str, Any]) -> tuple[dict[str, str], list[bytes]]:
    (report,) = reports["reports"].values()
    return report[0], report[1]


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def test_with_a_photo_three_taps_send_a_report(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    context = phone(browser)
    context.add_init_script(COUNT_TAPS)
    page = start_page(context, address)
    take_photo(page, photo())
    page.get_by_text("Near 104 East Main Street").wait_for()
    tile(page, "Damaged sidewalk").click()
    page.locator("#outlook", has_text="North Yard").wait_for()
    taps = page.evaluate("window.taps")
    send(page)
    page.wait_for_url("**/report/sent/*")
    page.get_by_role("heading", name="Sent. Number 26-0001234.").wait_for()
    assert taps + 1 == 3
    values, photos = the_only(reports)
    assert (values["lat"], values["long"], values["accuracy"]) == ("39.713700", "-82.599300", "12")
    assert values["service_code"] == "SIDEWALK"
    (sent,) = photos
    assert Image.open(io.BytesIO(sent)).size == (1600, 1067)


def test_without_a_photo_three_taps_send_a_report(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    context = phone(browser)
    context.add_init_script(COUNT_TAPS)
    page = start_page(context, address)
    page.get_by_role("button", name="Use my location").click()
    tile(page, "Pothole").click()
    assert page.evaluate("window.taps") + 1 == 3
    send(page)
    page.wait_for_url("**/report/sent/*")
    assert the_only(reports)[0]["lat"] == "39.713700"
    page.goto(address)
    expect(page.locator("#mine a")).to_have_text("26-0001234: Pothole")


def test_back_from_the_confirmation_the_form_is_free_for_another_report(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    """Browsers may show the page as it was when it was left; this one only with an event."""
    address, reports = site
    page = start_page(phone(browser), address)
    page.route("**/report/sent/*", lambda route: route.fulfill(status=204))  # the page stays
    for text in ("one", "another"):
        page.get_by_role("button", name="Use my location").click()
        tile(page, "Pothole").click()
        page.get_by_label("Describe the problem").fill(text)
        with page.expect_request(lambda one: one.is_navigation_request()):
            send(page)
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        expect(page.get_by_label("Describe the problem")).to_have_value("")
    sent = [values["description"] for values, _photos in reports["reports"].values()]
    assert sent == ["one", "another"]


def test_a_vague_location_is_doubted_and_a_refused_one_asks_for_the_address(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, _reports = site
    page = start_page(phone(browser, geolocation={**HERE, "accuracy": 80}), address)
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("Your phone is only sure to 262 ft. Is this the place?").wait_for()
    other = start_page(phone(browser, permissions=[]), address)
    other.get_by_role("button", name="Use my location").click()
    other.get_by_text("We could not get your location. Enter an address.").wait_for()
    expect(other.get_by_label("Or enter an address")).to_be_focused()


def test_an_address_is_completed_and_replaces_the_location(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    page = start_page(phone(browser), address)
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("Near 104 East Main Street").wait_for()
    field = page.get_by_label("Or enter an address")
    field.press_sequentially("104 Ea")
    page.locator("#addresses option").wait_for(state="attached")
    field.fill("104 East Main Street")
    tile(page, "Pothole").click()
    send(page)
    page.wait_for_url("**/report/sent/*")
    values, _photos = the_only(reports)
    assert (values["address_id"], values["lat"], values["accuracy"]) == ("A1", "", "")


def test_words_bring_up_services_and_the_chosen_one_stays(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    page = start_page(phone(browser), site[0])
    tiles = page.locator("#suggested .tile")
    expect(tiles.first).to_contain_text("Pothole")
    page.get_by_label("Describe the problem").fill("graffiti")
    expect(tiles.first).to_contain_text("Graffiti")
    tile(page, "Blocked storm drain").scroll_into_view_if_needed()
    page.get_by_text("All services").click()
    tile(page, "Something else").click()
    page.get_by_label("Describe the problem").fill("snow or ice on a street")
    expect(tiles.first).to_contain_text("Snow or ice")
    expect(tiles.last).to_contain_text("Something else")
    assert page.locator("[name=service_code]").count() == 9
    expect(page.locator("[name=service_code]:checked")).to_have_value("OTHER")


def test_nothing_is_sent_without_place_service_and_required_answers(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    page = start_page(phone(browser), address)
    send(page)
    expect(page.get_by_role("button", name="Use my location")).to_be_focused()
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("Near 104 East Main Street").wait_for()
    send(page)
    page.get_by_text("Choose what it is.").wait_for()
    page.get_by_label("Describe the problem").fill("graffiti")
    tile(page, "Graffiti").click()
    page.get_by_text("How large is it?").wait_for()
    send(page)
    page.get_by_text("Answer the questions marked in red.").wait_for()
    assert reports["reports"] == {}
    page.get_by_label("Larger than a dinner plate").check()
    send(page)
    page.wait_for_url("**/report/sent/*")
    assert the_only(reports)[0]["attribute[SIZE]"] == "LARGE"


def test_enter_in_a_field_sends_and_joins_nothing(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    page = start_page(phone(browser), address)
    page.get_by_role("button", name="Use my location").click()
    tile(page, "Damaged sidewalk").click()
    page.get_by_role("button", name="Me too").first.wait_for()
    page.get_by_text("Get updates, or let us").click()
    page.get_by_label("First name").press("Enter")
    page.wait_for_url("**/report/sent/*")
    assert the_only(reports)[0]["service_code"] == "SIDEWALK"


def test_personal_data_and_emergencies_get_a_hint(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    page = start_page(phone(browser), site[0])
    text = page.get_by_label("Describe the problem")
    text.fill("Pole 26-0001234, call (740) 687-6600 or me@example.com")
    page.get_by_text("Remove me@example.com?").wait_for()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("Remove (740) 687-6600?").wait_for()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#personal")).to_be_empty()
    expect(text).to_have_value("Pole 26-0001234, call (740) 687-6600 or ")
    expect(page.locator("[name=kept_personal]")).to_have_value("true")
    text.fill("It is mine$&@example.com")
    page.get_by_text("Remove mine$&@example.com?").wait_for()
    text.fill("There is a Wire Down here")
    call = page.get_by_role("link", name="Call 911").last
    expect(call).to_have_attribute("href", "tel:911")
    page.get_by_role("button", name="It is not an emergency, go on").click()
    expect(page.locator("#emergency")).to_be_empty()


def test_what_the_server_refuses_is_kept_and_opens_as_a_form(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    context = phone(browser)
    page = start_page(context, address)
    take_photo(page, photo(400, 300))
    page.get_by_label("Describe the problem").fill("graffiti")
    tile(page, "Graffiti").click()
    page.get_by_label("Smaller than a dinner plate").check()
    page.get_by_label("Describe the problem").fill("refuse")
    send(page)
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    page.close()
    again = start_page(context, address)
    again.locator("#waiting", has_text="Graffiti").get_by_text("could not be sent").wait_for()
    again.get_by_text("Choose what it is.").wait_for()
    again.get_by_role("button", name="Open it").click()
    expect(again.get_by_label("Smaller than a dinner plate")).to_be_checked()
    expect(again.locator(".previews img")).to_have_count(1)
    again.get_by_label("Describe the problem").fill("now it is fine")
    send(again)
    again.wait_for_url("**/report/sent/*")
    values, photos = the_only(reports)
    assert (values["service_code"], values["attribute[SIZE]"]) == ("GRAFFITI", "SMALL")
    assert (values["description"], len(photos)) == ("now it is fine", 1)
    assert len(reports["sends"]) == 1


def test_an_urgent_service_shows_whom_to_call(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    page = start_page(phone(browser), site[0])
    tile(page, "Street light out").click()
    call = page.locator("#outlook a", has_text="Call (800) 555-0199")
    expect(call).to_have_attribute("href", "tel:8005550199")


def test_the_map_is_loaded_only_when_asked_for_and_its_cross_moves(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    page = phone(browser, permissions=[]).new_page()
    loaded: list[str] = []
    page.on("request", lambda one: loaded.append(one.url))
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    assert not any("maplibre" in url for url in loaded)
    page.get_by_role("button", name="Show a map").click()
    wait_for_map(page)
    for way in ("North", "East", "East"):
        page.get_by_role("button", name=way).click()
    page.get_by_role("button", name="Use this place").click()
    page.get_by_text("Near 104 East Main Street").wait_for()
    tile(page, "Pothole").click()
    send(page)
    page.wait_for_url("**/report/sent/*")
    values, _photos = the_only(reports)
    assert float(values["lat"]) == pytest.approx(39.7137 + 5 / 111_320, abs=2e-6)
    assert float(values["long"]) == pytest.approx(-82.5993 + 10 / (111_320 * 0.7693), abs=2e-6)


def test_what_has_the_focus_is_never_under_the_send_bar(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    page = start_page(phone(browser), site[0])
    page.get_by_role("button", name="Use my location").click()
    tile(page, "Damaged sidewalk").click()
    page.get_by_role("button", name="Me too").first.wait_for()
    page.locator("#in-short a").wait_for()
    page.get_by_text("Take or choose a photo").focus()
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        where = page.evaluate(UNDER_THE_BAR)
        assert where["hidden"] is False, where
        seen.add(where["html"])
    assert len(seen) > 20


def test_a_report_is_sent_at_four_hundred_percent(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    """WCAG 1.4.10, 2.4.11: no bar covers the focus; the map and a dialog leave room to go on"""
    page = start_page(phone(browser), site[0])
    page.set_viewport_size({"width": 320, "height": 256})
    take_photo(page, photo(1000, 500))
    page.get_by_role("button", name="Cover something: Photo 1").click()
    dialog = page.get_by_role("dialog")
    done = dialog.get_by_role("button", name="Done")
    done.scroll_into_view_if_needed()
    expect(done).to_be_in_viewport(ratio=1)
    done.click()
    page.get_by_role("button", name="Show a map").click()
    wait_for_map(page)
    assert page.locator("#map").evaluate("map => map.offsetHeight / innerHeight") < 0.75
    page.get_by_role("button", name="Use my location").click()
    tile(page, "Damaged sidewalk").click()
    page.get_by_role("button", name="Me too").first.wait_for()
    for _ in range(70):
        page.keyboard.press("Tab")
        where = page.evaluate(UNDER_THE_BAR)
        assert where["hidden"] is False, where
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("#send").focus()
    assert page.locator(".send").evaluate("bar => getComputedStyle(bar).position") == "static"
    send(page)
    page.wait_for_url("**/report/sent/*")


UNDER_THE_BAR = """() => {
  const one = document.activeElement;
  const bar = document.querySelector(".send");
  const [box, over] = [one, bar].map((part) => part.getBoundingClientRect());
  const hidden = !bar.contains(one) && box.top >= over.top && box.bottom <= over.bottom;
  return { hidden, html: one.outerHTML.slice(0, 120) };
}"""


def test_without_scripts_the_first_question_opens_a_draft(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    page = phone(browser, java_script_enabled=False).new_page()
    page.goto(site[0])
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.locator("#report")).to_have_attribute("action", "/report/draft")
    expect(page.locator("#media")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    expect(page.get_by_text("Where is it?")).to_be_hidden()
    assert wait_until(lambda: page.locator("[data-later]").count() > 0)
