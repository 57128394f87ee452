"""A report from a phone, its emails, a reply by email, the closing, and "not fixed," in a browser.

With real servers: gunicorn, a mail server, a mailbox, and PostGIS. Pictures of each page and each
email, and the texts of the emails, are written to var/journey for people to look at.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from administrators import NAME, password_of
from browsing import SCHEMES, enter, record_complaints, start_page
from images import encoded, half_red
from mail_relay import Delivered
from playwright.sync_api import Browser, Page, expect

from local.claims import VAR
from tests.telling.inboxing import ANSWER, KIM, QUESTION, InboxTown, reply
from tests.telling.mailing import LATER, only, path_to

FOLDER = VAR / "journey"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 1,
    "geolocation": {"latitude": 0.25, "longitude": 0.25, "accuracy": 12},
    "permissions": ["geolocation"],
}
STILL = timedelta(milliseconds=3000)
"""Time after which a form may be sent: one that is sent at once is held."""


@dataclass
class Album:
    """Pictures of pages and emails, numbered in the order of the journey."""

    browser: Browser
    folder: Path
    number: int = 0

    def add(self, name: str, page: Page) -> None:
        """Add a page, which must not be wider than the window."""
        self.number += 1
        self._picture(name, page)

    def add_email(self, name: str, sent: Delivered) -> None:
        """Add an email as plain text, and as HTML in both color schemes."""
        self.add_text(name, f"Subject: {sent.email['Subject']}\n\n{sent.plain}")
        for scheme in SCHEMES:
            context = self.browser.new_context(
                viewport={"width": 390, "height": 700}, color_scheme=scheme
            )
            page = context.new_page()
            page.set_content(_with_pictures(sent))
            self._picture(f"{name}-{scheme}", page)
            context.close()

    def add_text(self, name: str, text: str) -> None:
        self.number += 1
        (self.folder / f"{self.number:02}-{name}.txt").write_text(text)

    def _picture(self, name: str, page: Page) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.screenshot(path=self.folder / f"{self.number:02}-{name}.png", full_page=True)


def _with_pictures(sent: Delivered) -> str:
    """Return the HTML of an email with its pictures in it, as a mail program shows it."""
    html = sent.html
    for part in sent.email.walk():
        name = (part["Content-ID"] or "").strip("<>")
        if name:
            content = base64.b64encode(part.get_content()).decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{content}")
    return html


@pytest.fixture
def album(browser: Browser) -> Album:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    return Album(browser, FOLDER)


def photo(name: str, width: int) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": encoded(half_red(width, 900), "JPEG")}


def follow(page: Page, inbox: InboxTown, sent: Delivered, part: str) -> None:
    """Open the link of an email whose path has a part."""
    page.goto(inbox.address + path_to(sent, part))


def status(inbox: InboxTown, number: str) -> Any:
    return inbox.value("SELECT status FROM service_requests WHERE service_request_id = %s", number)


@pytest.mark.long
def test_from_the_report_to_not_fixed(
    inbox: InboxTown,
    browser: Browser,
    album: Album,
    complaints: list[str],
    run_command: Callable[..., str],
) -> None:
    phone = browser.new_context(**PHONE, locale="en")
    page = start_page(phone, f"{inbox.address}/en/")
    record_complaints(page, complaints)
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Take or choose a photo").tap()
    chooser.value.set_files(photo("hole.jpg", 1200))
    page.locator(".previews img").wait_for()
    expect(page.locator("[name=lat]")).not_to_have_value("")
    page.locator("#suggested .tile", has_text="Pothole").tap()
    page.locator("[name=description]").fill("A deep hole before the school")
    page.locator("#contact").evaluate("one => { one.open = true; }")
    page.locator("[name=email]").fill(KIM)
    page.get_by_text("Yes, send me updates about this request by email").tap()
    expect(page.locator("[name=wants_updates]")).to_be_checked()
    expect(page.locator("[name=proof]")).not_to_have_value("")
    page.wait_for_timeout(STILL / timedelta(milliseconds=1))
    album.add("report", page)
    page.get_by_role("button", name="Send", exact=True).tap()
    page.wait_for_url("**/report/sent/*")
    album.add("report-sent", page)
    number = inbox.value("SELECT max(service_request_id) FROM service_requests")

    received = only(inbox.deliver())
    assert received.email["Subject"] == f"We received your request {number}"
    album.add_email("received", received)
    follow(page, inbox, received, "/f/")
    album.add("confirm", page)
    page.get_by_role("button", name="Yes, send me updates").tap()
    expect(page.get_by_role("status")).to_contain_text("You get an email")
    album.add("confirmed", page)

    chief = password_of(inbox.database, run_command)
    desk = enter(
        browser, inbox.address, NAME, chief, complaints, f"/requests/{number}", maps=False, **PHONE
    )
    album.add("staff-request", desk)
    desk.locator("summary", has_text="Ask the requester").tap()
    desk.locator("#wait-notes").fill(QUESTION)
    desk.get_by_role("button", name="Send question").tap()
    expect(desk.locator("p.done")).to_be_visible()
    question = only(inbox.deliver(LATER))
    assert QUESTION in question.plain
    album.add_email("question", question)

    answer = reply(question)
    album.add_text("reply", answer.get_content())
    inbox.take(answer)
    desk.goto(f"{inbox.address}/staff/requests/{number}")
    expect(desk.get_by_text(ANSWER).locator("visible=true").first).to_be_visible()
    album.add("staff-answered", desk)

    desk.locator("summary", has_text="Close request").tap()
    desk.locator("#close-notes").fill("Filled with asphalt.")
    desk.locator("#close-media").set_input_files(photo("done.jpg", 1000))
    album.add("staff-closing", desk)
    desk.get_by_role("button", name="Close request").tap()
    expect(desk.locator("summary", has_text="Reopen")).to_be_visible()
    closed = only(inbox.deliver(LATER))
    assert "Filled with asphalt." in closed.plain
    assert "image/jpeg" in [part.get_content_type() for part in closed.email.walk()]
    album.add_email("closed", closed)

    follow(page, inbox, closed, "fixed=no")
    expect(page.locator("#fixed").get_by_label("No", exact=True)).to_be_checked()
    assert status(inbox, number) == "closed", "opening a link changes nothing"
    album.add("not-fixed", page)
    page.locator("#fixed [name=description]").fill("It has sunk again.")
    page.locator("#fixed button.main").tap()
    expect(page.get_by_role("status")).to_contain_text("The request is open again.")
    assert status(inbox, number) == "open"
    album.add("not-fixed-sent", page)
    again = only(inbox.deliver(2 * LATER))
    assert again.email["Subject"] == f"Your request {number} is open again"
    album.add_email("open-again", again)

    desk.goto(f"{inbox.address}/staff/requests/{number}")
    expect(desk.get_by_text("It has sunk again.").locator("visible=true").first).to_be_visible()
    album.add("staff-open-again", desk)
    desk.goto(f"{inbox.address}/staff/city/sent")
    expect(desk.locator("main")).to_contain_text(number)
    assert not re.search(re.escape(KIM), desk.content())
    album.add("staff-emails", desk)
    assert complaints == []
