"""Reports written offline: kept in the browser, never lost, and never sent twice."""

import io
from typing import Any

import pytest
from browsing import start_page
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from servers import wait_until


def report(page: Page, text: str) -> None:
    """Fill in and send a report with a photo."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "gray").save(file, "PNG")
    photo = {"name": "hole.png", "mimeType": "image/png", "buffer": file.getvalue()}
    page.locator("#media").set_input_files(photo)  # type: ignore[arg-type]
    page.locator(".previews img").wait_for()
    page.get_by_label("Or enter an address").fill("104 East Main Street")
    page.locator(".tile", has_text="Pothole").click()
    page.get_by_label("Describe the problem").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def write_offline(browser: Browser, address: str, text: str) -> Page:
    """Write a report on a phone that has no network from then on."""
    context = browser.new_context()
    page = start_page(context, address)
    context.set_offline(True)
    report(page, text)
    page.get_by_text("Saved on this phone.").wait_for()
    return page


def texts(reports: dict[str, Any]) -> list[str]:
    return sorted(values["description"] for values, _photos in reports["reports"].values())


def waiting(page: Page) -> Any:
    return page.locator("#waiting .notice")


def test_a_report_written_offline_is_sent_once_online(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    page = write_offline(browser, address, "offline")
    expect(page.get_by_label("Describe the problem")).to_have_value("")
    assert reports["sends"] == []
    page.context.set_offline(False)
    expect(waiting(page)).to_have_count(0)
    ((values, photos),) = reports["reports"].values()
    assert (values["description"], values["service_code"]) == ("offline", "POTHOLE")
    assert Image.open(io.BytesIO(photos[0])).size == (64, 48)
    expect(page.locator("#mine a")).to_have_text("26-0001234: Pothole")


def test_a_report_waits_for_the_next_visit(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    page = write_offline(browser, address, "next time")
    page.close()
    page.context.set_offline(False)
    expect(waiting(start_page(page.context, address))).to_have_count(0)
    assert texts(reports) == ["next time"]


def test_a_busy_server_and_lost_answers_neither_lose_nor_repeat_a_report(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    context = browser.new_context()
    page = start_page(context, address)
    reports["busy"] = True
    report(page, "busy")
    expect(waiting(page)).to_have_count(1)
    reports["busy"], reports["lose"] = False, 2
    for sends in (1, 2, 3):
        page.get_by_role("button", name="Send now").click()
        assert wait_until(lambda sends=sends: len(reports["sends"]) == sends)
        expect(page.locator("#waiting [aria-busy]")).to_have_count(0)
    expect(waiting(page)).to_have_count(0)
    assert texts(reports) == ["busy"]
    assert len(reports["sends"]) == 3  # stored at the first of them, under one key


@pytest.mark.parametrize("cycles", [3, pytest.param(50, marks=pytest.mark.long)])
def test_no_draft_is_lost_or_sent_twice_in_many_cycles(
    browser: Browser, site: tuple[str, dict[str, Any]], cycles: int
) -> None:
    address, reports = site
    context = browser.new_context()
    page, other = start_page(context, address), start_page(context, address)
    for number in range(cycles):
        context.set_offline(True)
        report(page, f"cycle {number:02}")
        expect(waiting(page)).to_have_count(1)
        context.set_offline(False)
        expect(waiting(page)).to_have_count(0)
    assert texts(reports) == [f"cycle {number:02}" for number in range(cycles)]
    assert len(reports["sends"]) == cycles  # both tabs saw that they were online
    expect(waiting(other)).to_have_count(0)


def test_the_start_page_works_offline_and_other_pages_say_so(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, reports = site
    context = browser.new_context()
    page = start_page(context, address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert wait_until(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"))
    context.set_offline(True)
    page.goto(f"{address}/about")
    page.get_by_role("heading", name="You are offline").wait_for()
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    report(page, "from the shell")
    page.get_by_text("Saved on this phone.").wait_for()
    context.set_offline(False)
    assert wait_until(lambda: texts(reports) == ["from the shell"])


def test_the_worker_keeps_no_personal_page(
    browser: Browser, site: tuple[str, dict[str, Any]]
) -> None:
    address, _reports = site
    page = start_page(browser.new_context(), address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for path in ("/report/sent/secret", "/track/secret", "/look/track"):
        page.goto(f"{address}{path}")
    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map(async (name) => "
        "(await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname))))"
    )
    (paths,) = kept
    assert "/" in paths
    assert "/offline" in paths
    assert not [path for path in paths if path.startswith(("/report", "/track", "/look"))]
