"""A real browser for staff pages: signed in, monitored for errors, and checked by axe-core."""

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
from servers import PATIENCE, wait_until

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
DRAWS_WITHOUT_A_SCREEN = [
    *("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
expect.set_options(timeout=PATIENCE * 1000)
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


def enter(
    browser: Browser,
    town: str,
    name: str,
    password: str,
    complaints: list[str],
    path: str = "/requests",
    **options: Any,
) -> Page:
    """Sign in and open a page below /staff; record errors of the browser in complaints."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.goto(f"{town}/staff{path}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


def wait_for_map(page: Page) -> None:
    """Wait until the map is drawn."""
    page.wait_for_selector("#map[data-drawn]")


def changed(part: Locator, before: bytes) -> bytes:
    """Return a screenshot of a part of a page once it differs from the one before."""
    seen = [before]

    def is_another() -> bool:
        seen.append(part.screenshot())
        return seen[-1] != before

    assert wait_until(is_another)
    return seen[-1]


def barriers(page: Page) -> list[str]:
    """Return the violations of WCAG 2.2 A and AA that axe-core finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
