"""A real browser: signed in on staff pages, monitored for errors, and checked by axe-core."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, StorageState, expect
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
# Playwright stops a tap on its way to the window, and repeats it, if something moved in between. So
# taps are counted where only those that count arrive: not while they are captured.
COUNT_TAPS = """
window.taps = 0;
addEventListener("pointerdown", () => {
  window.taps += 1;
  sessionStorage.setItem("taps", window.taps);
});
"""
# What axe-core examines in each color scheme: in the second one, only what depends on colors.
SCHEMES: dict[Literal["light", "dark"], list[str]] = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "dark": ["color-contrast", "link-in-text-block"],
}
What = Literal["all", "new", "shown"]
_sessions: dict[tuple[str, str], StorageState] = {}


def patient(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Let no page of a browser give up sooner than everything else that waits in tests."""

    def opened(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    return opened


def enter(
    browser: Browser,
    town: str,
    name: str,
    password: str,
    complaints: list[str],
    path: str = "/requests",
    maps: bool = True,
    **options: Any,
) -> Page:
    """Open a page below /staff, signed in; record errors of the browser in complaints.

    The first page of each user and server signs in; others begin with a copy of its cookies.
    Without maps, none is drawn: that takes a processor most of the time of a page.
    """
    session = _sessions.get((town, name))
    options.setdefault("device_scale_factor", 0.5)  # maps are drawn by the processor, by pixel
    page = browser.new_context(storage_state=session, **options).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    if not maps:
        page.context.route("**/vendor/maplibre-gl.mjs", _draw_nothing)
    record_complaints(page, complaints)
    page.goto(f"{town}/staff{path}")
    if session is None:
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        _sessions[town, name] = page.context.storage_state()
    return page


def _draw_nothing(route: Route) -> None:
    route.fulfill(path=Path(__file__).with_name("no_maps.mjs"), content_type="text/javascript")


def start_page(context: BrowserContext, address: str) -> Page:
    """Open the start page of a website for residents, and wait until its script is ready."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return page


def record_complaints(page: Page, complaints: list[str]) -> None:
    """Add to a list what the browser complains of from now on."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )


def wait_for_map(page: Page) -> None:
    """Wait until the map is drawn, even if it is behind the tab of the list on a phone."""
    page.wait_for_selector("#map[data-drawn]", state="attached")


def changed(part: Locator, before: bytes) -> bytes:
    """Return a screenshot of a part of a page once it differs from the one before."""
    seen = [before]

    def is_another() -> bool:
        seen.append(part.screenshot())
        return seen[-1] != before

    assert wait_until(is_another)
    return seen[-1]


def barriers_in_all_views(page: Page, sizes: Mapping[str, tuple[int, int]] = SIZES) -> list[str]:
    """Return the barriers of a page, and whether it is too wide, in each size and color scheme.

    A barrier that does not depend on the size is returned for the first one only. The second size
    begins with the colors that the first one ends with: each change of colors draws the page anew.
    """
    page.wait_for_load_state("load")  # a form's answer may be there before its styles
    found = []
    schemes = list(SCHEMES)
    for place, (size, (width, height)) in enumerate(sizes.items()):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in schemes:
            # Without motion: otherwise a color is examined while it changes.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            what: What = "shown" if place else "new"
            found += [f"{size}, {scheme}: {one}" for one in barriers(page, SCHEMES[scheme], what)]
        schemes.reverse()
        excess = too_wide(page)
        found += [f"{size}: {excess} pixels too wide"] if excess > 0 else []
    return found


def barriers_of_letters(
    browser: Browser, letters: Iterable[tuple[str, str]], complaints: list[str]
) -> dict[str, list[str]]:
    """Show emails on a phone, by name and HTML, and return the barriers of each that has any."""
    page = browser.new_context().new_page()
    record_complaints(page, complaints)
    found = {}
    for name, html in letters:
        page.set_content(html)
        found[name] = barriers_in_all_views(page, {"phone": SIZES["phone"]})
    return {name: barriers for name, barriers in found.items() if barriers}


def too_wide(page: Page) -> int:
    """Return by how many pixels a page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


_EXAMINE = Path(__file__).with_name("barriers.js")
_passed: set[str] = set()
"""The looks of texts whose contrast has passed, on any page of this process."""


def barriers(page: Page, rules: list[str], what: What = "all") -> list[str]:
    """Return the violations that axe-core finds, of contrast and of other rules, by tag or name.

    With new, the contrast of a text is not examined if one with the same font, colors, and
    background has passed before, or if it was examined in this page and looks the same. With shown,
    no other rules but those that measure are applied to what was visible in the examination before,
    in another size.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    examine = _EXAMINE.read_text(encoding="utf-8")
    found, passed = page.evaluate(examine, [rules, what, " ".join(_passed)])
    _passed.update(map(str, passed))
    return list(found)
