"""A real browser for staff pages: signed in, monitored for errors, and checked by axe-core."""

import shutil
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Locator, Page, StorageState, expect
from servers import PATIENCE, wait_until

from local.debian import BROWSER

CHROMIUM = shutil.which(BROWSER) or shutil.which("chromium")
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
DRAWS_WITHOUT_A_SCREEN = [
    *("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    # Only maps need WebGL. Without a graphics card, everything else is drawn faster without it.
    *("--disable-gpu-rasterization", "--disable-gpu-compositing"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
expect.set_options(timeout=PATIENCE * 1000)
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
# What axe-core examines in each color scheme: in the second one, only what depends on colors.
SCHEMES: dict[Literal["light", "dark"], list[str]] = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "dark": ["color-contrast", "link-in-text-block"],
}
_sessions: dict[tuple[str, str], StorageState] = {}


def enter(
    browser: Browser,
    town: str,
    name: str,
    password: str,
    complaints: list[str],
    path: str = "/requests",
    **options: Any,
) -> Page:
    """Open a page below /staff, signed in; record errors of the browser in complaints.

    The first page of each user and server signs in; others begin with a copy of its cookies.
    """
    session = _sessions.get((town, name))
    page = browser.new_context(storage_state=session, **options).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.goto(f"{town}/staff{path}")
    if session is None:
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        _sessions[town, name] = page.context.storage_state()
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


def barriers_in_all_views(page: Page) -> list[str]:
    """Return the barriers of a page, and whether it is too wide, in each size and color scheme."""
    page.wait_for_load_state("load")  # a form's answer may be there before its styles
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme, rules in SCHEMES.items():
            # Without motion: otherwise a color is examined while it changes.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{size}, {scheme}: {one}" for one in barriers(page, rules)]
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{size}: {too_wide} pixels too wide"] if too_wide > 0 else []
    return found


def barriers(page: Page, rules: list[str]) -> list[str]:
    """Return the violations that axe-core finds; rules are tags of WCAG, or names of rules."""
    found = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
