"""make bench-work: do a day's tasks of staff in a browser, and count clicks, keys, and pages.

Each task is done by a program without pauses, except between keys that a person types (120 ms). So
the seconds are those of the pages, their scripts, and typing; people also read and think.
"""

import os
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks import staff_tasks as tasks
from benchmarks.hand import Hand
from benchmarks.run import command, sign_in
from benchmarks.servers import ROOT, running_product
from benchmarks.staff_pages import prepare
from local.cluster import throwaway_cluster
from local.debian import BROWSER

REQUESTS = 18_000
"""Of 25, one is open."""

PATIENCE = 120_000  # ms, on a busy machine
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PROGRAMS = (f"/usr/bin/{BROWSER}", "/usr/bin/chromium")
OPTIONS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")

TASKS: dict[str, tuple[Callable[[Hand], None], dict[str, int]]] = {
    "Take a call": (tasks.take_a_call, DESK),
    "Assign and close ten requests": (tasks.assign_and_close_ten, DESK),
    "Close 700 of a search, and undo it": (tasks.bulk_close_with_undo, DESK),
    "Transfer a request": (tasks.transfer_a_request, DESK),
    "Save a view": (tasks.save_a_view, DESK),
    "Find what changed since yesterday": (tasks.find_what_changed, DESK),
    "Five stops of a shift, on a phone": (tasks.work_a_shift, PHONE),
    "Add a service": (tasks.add_a_service, DESK),
    "Add a rule, with its preview": (tasks.add_a_rule, DESK),
    "Invite a user": (tasks.invite_a_user, DESK),
    "See who changed what": (tasks.see_who_changed_what, DESK),
}


def main() -> None:
    """Fill a throwaway database, do the tasks, and print a line for each."""
    with throwaway_cluster() as cluster, tempfile.TemporaryDirectory() as mail:
        url, secret_key = cluster.create_database("work"), secrets.token_hex()
        environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
        password = prepare(environment, REQUESTS)
        addresses = str(ROOT / "seed_data/lancaster/addresses.csv")
        command(environment, "addresses", "import", addresses, "--commit")
        settings = {
            "OPEN311_JOBS": "inside",
            "OPEN311_MAIL": f"folder:{mail}",
            "OPEN311_MAIL_FROM": "311@example.org",
        }
        with (
            running_product(url, secret_key, settings) as server,
            sync_playwright() as playwright,
        ):
            program = next(one for one in PROGRAMS if Path(one).exists())
            browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
            cookie = sign_in(server, password)
            print(f"{'':36}{'clicks':>8}{'keys':>6}{'pages':>7}{'seconds':>9}")
            tasks.plan_a_shift(opened(browser, server.address, cookie, DESK))
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
    try:
        task(hand)
    except (AssertionError, PlaywrightError) as error:  # the other tasks are worth doing
        return f"{name:36} not done: {str(error).splitlines()[0]}"
    finally:
        seconds = time.monotonic() - started
        hand.page.context.close()
    return f"{name:36}{hand.clicks:8}{hand.keys:6}{hand.pages:7}{seconds:9.1f}"


if __name__ == "__main__":
    main()
