"""make bench-work: do a day's tasks of staff in a browser, and count clicks, keys, and pages.

Each task is done by a program without pauses, except between keys that a person types (120 ms). So
the seconds are those of the pages, their scripts, and typing; people also read and think.
"""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.run import command, sign_in
from benchmarks.servers import ROOT, running_product
from benchmarks.staff_pages import prepare
from local.cluster import throwaway_cluster
from local.debian import BROWSER

REQUESTS = 2_000
BETWEEN_KEYS = 120  # ms
PATIENCE = 120_000  # ms, on a busy machine
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PROGRAMS = (f"/usr/bin/{BROWSER}", "/usr/bin/chromium")
OPTIONS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
READY = "html[data-keys]"
TEN = 10
ADDRESS = "981 Delmont Road SW"


@dataclass
class Hand:
    """Someone at a page, who counts what they do."""

    page: Page
    address: str
    clicks: int = 0
    keys: int = 0
    pages: int = 0

    def __post_init__(self) -> None:
        self.page.on("load", self._count_page)

    def _count_page(self, _page: Page) -> None:
        self.pages += 1

    def start(self, path: str) -> None:
        """Open the page that a task begins with, which counts as a page."""
        self.page.goto(f"{self.address}/staff{path}")

    def click(self, part: Locator) -> None:
        part.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=BETWEEN_KEYS)
        self.keys += len(text)

    def go_to(self, name: str) -> None:
        """Press Tab until the field with a name or an id has the focus."""
        for _key in range(60):
            if (
                self.page.evaluate("document.activeElement.name || document.activeElement.id")
                == name
            ):
                return
            self.press("Tab")
        raise AssertionError(f"No Tab leads to {name}.")


def take_a_call(hand: Hand) -> None:
    """From the empty form to the number of the request."""
    hand.start("/new")
    page = hand.page
    page.wait_for_selector("html[data-ready]")
    hand.type("hole in road")
    expect(page.locator("#suggested .tile").first).to_contain_text("Pothole")
    hand.go_to("service_code")
    hand.press("Space")
    hand.go_to("address_string")
    hand.type(ADDRESS)
    hand.go_to("first_name")
    hand.type("Ann")
    hand.press("Tab")
    hand.type("Example")
    hand.press("Tab")
    hand.type("740 555 0123")
    expect(page.locator("#outlook")).to_contain_text("will take this")
    hand.press("Control+Enter")
    page.wait_for_url("**/staff/new/saved/**")


def assign_and_close_ten(hand: Hand) -> None:
    """Ten requests of a search, each assigned and closed, by keyboard alone."""
    hand.start("/requests?status=open&sort=requested_datetime")
    page = hand.page
    page.wait_for_selector(READY)
    hand.press("j", "o")
    for _request in range(TEN):
        page.wait_for_url("**/staff/requests/*search=*")
        page.wait_for_selector(READY)
        hand.press("a", "Control+Enter")
        page.get_by_text("Assigned to benchmarks.").wait_for()
        page.wait_for_selector(READY)
        hand.press("c")
        page.locator("details[data-key=c][open]").wait_for()
        hand.go_to("status_notes")
        hand.type("Fixed.")
        hand.press("Control+Enter")
        page.get_by_role("status").get_by_text("Status updated").first.wait_for()
        page.wait_for_selector(READY)
        hand.press("j")


def bulk_close_with_undo(hand: Hand) -> None:
    """All open requests of a service, closed and undone."""
    hand.start("/requests?status=open&service_code=POTHOLE")
    page = hand.page
    hand.click(page.get_by_role("link", name="Change all"))
    hand.click(page.locator("#bulk-status"))
    page.locator("#bulk-status").select_option("fixed")
    hand.click(page.locator("#bulk-notes"))
    hand.type("Fixed with the street.")
    hand.click(page.locator("form:has(#bulk-status)").get_by_role("button"))
    hand.click(page.get_by_role("button", name="Change "))
    undo = page.get_by_role("button", name="Undo this bulk action")
    undo.wait_for()
    hand.click(undo)
    page.get_by_text("Undone.", exact=False).first.wait_for()


def find_what_changed(hand: Hand) -> None:
    """From the work queue to the first request that changed, and all marked as seen."""
    hand.start("/")
    page = hand.page
    hand.click(page.locator("section.news h2 a"))
    page.wait_for_url("**/staff/requests?*")
    hand.start("/")
    hand.click(page.get_by_role("button", name="Mark all as seen"))
    page.wait_for_load_state()


def work_a_shift(hand: Hand) -> None:
    """On a phone: five stops from the list, each closed with a note."""
    hand.start("/field")
    page = hand.page
    page.get_by_text("All stops are on this phone").wait_for()
    for _stop in range(5):
        hand.click(page.locator(".next-stop").get_by_role("button", name="Open request"))
        page.wait_for_selector("html[data-field]")
        bar = page.get_by_role("navigation", name="Usual actions")
        hand.click(bar.get_by_role("button", name="Close", exact=True))
        hand.click(page.get_by_label("Public note (reason)"))
        hand.type("Done.")
        hand.click(page.get_by_role("button", name="Close request"))
        page.locator("#outbox").wait_for(state="hidden")
        hand.start("/field")
        page.get_by_text("All stops are on this phone").wait_for()


def plan_a_shift(hand: Hand) -> None:
    """Add the first five requests of a list to the shift list of today; this is not measured."""
    hand.start("/requests?status=open&service_code=MISSED-TRASH")
    page = hand.page
    for box in page.locator("input[name=chosen]").all()[:5]:
        box.check()
    page.get_by_text("Update selected requests").click()
    page.get_by_role("button", name="Add stops").click()
    page.wait_for_load_state()


def add_a_service(hand: Hand) -> None:
    """From the list of services to the page of the new one, with its steps."""
    hand.start("/city/services")
    page = hand.page
    hand.click(page.get_by_role("button", name="Add service").first)
    hand.click(page.locator("#service_code"))
    hand.type("BENCH")
    hand.press("Tab")
    hand.type("Bench")
    hand.press("Enter")
    page.wait_for_url("**/staff/city/service/BENCH")


def see_who_changed_what(hand: Hand) -> None:
    """From the work queue to the entry of the service that was just added."""
    hand.start("/")
    page = hand.page
    hand.click(page.get_by_role("link", name="Administration"))
    hand.click(page.locator("a[href$='/city/audit']").first)
    page.get_by_text("Bench").first.wait_for()


TASKS: dict[str, tuple[Callable[[Hand], None], dict[str, int]]] = {
    "Take a call": (take_a_call, DESK),
    "Assign and close ten requests": (assign_and_close_ten, DESK),
    "Close all of a search, and undo it": (bulk_close_with_undo, DESK),
    "Find what changed since yesterday": (find_what_changed, DESK),
    "Five stops of a shift, on a phone": (work_a_shift, PHONE),
    "Add a service": (add_a_service, DESK),
    "See who changed what": (see_who_changed_what, DESK),
}


def main() -> None:
    """Fill a throwaway database, do the tasks, and print a line for each."""
    with throwaway_cluster() as cluster:
        url, secret_key = cluster.create_database("work"), secrets.token_hex()
        environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
        password = prepare(environment, REQUESTS)
        addresses = str(ROOT / "seed_data/lancaster/addresses.csv")
        command(environment, "addresses", "import", addresses, "--commit")
        with (
            running_product(url, secret_key, {"OPEN311_JOBS": "inside"}) as server,
            sync_playwright() as playwright,
        ):
            program = next(one for one in PROGRAMS if Path(one).exists())
            browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
            cookie = sign_in(server, password)
            print(f"{'':36}{'clicks':>8}{'keys':>6}{'pages':>7}{'seconds':>9}")
            plan_a_shift(opened(browser, server.address, cookie, DESK))
            for name, (task, size) in TASKS.items():
                print(
                    measured(name, task, opened(browser, server.address, cookie, size)), flush=True
                )


def opened(browser: Browser, address: str, cookie: str, size: dict[str, int]) -> Hand:
    """Return an empty page of a browser that is signed in."""
    context = browser.new_context(viewport={"width": size["width"], "height": size["height"]})
    context.set_default_timeout(PATIENCE)
    for name, _, value in (one.partition("=") for one in cookie.split("; ")):
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return Hand(context.new_page(), address)


def measured(name: str, task: Callable[[Hand], None], hand: Hand) -> str:
    """Do a task, and return its line."""
    started = time.monotonic()
    task(hand)
    seconds = time.monotonic() - started
    hand.page.context.close()
    return f"{name:36}{hand.clicks:8}{hand.keys:6}{hand.pages:7}{seconds:9.1f}"


if __name__ == "__main__":
    main()
