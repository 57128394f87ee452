"""A real browser: signed in on staff pages, monitored for errors, and checked by axe-core."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, expect
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
    **options: Any,
) -> Page:
    """Open a page below /staff, signed in; record errors of the browser in complaints.

    The first page of each user and server signs in; others begin with a copy of its cookies.
    """
    session = _sessions.get((town, name))
    options.setdefault("device_scale_factor", 0.5)  # maps are drawn by the processor, by pixel
    page = browser.new_context(storage_state=session, **options).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    record_complaints(page, complaints)
    page.goto(f"{town}/staff{path}")
    if session is None:
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        _sessions[town, name] = page.context.storage_state()
    return page


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

    A barrier that does not depend on the size is returned for the first one only.
    """
    page.wait_for_load_state("load")  # a form's answer may be there before its styles
    found = []
    for place, (size, (width, height)) in enumerate(sizes.items()):
        page.set_viewport_size({"width": width, "height": height})
        for scheme, rules in SCHEMES.items():
            # Without motion: otherwise a color is examined while it changes.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            what: What = "shown" if place else "new"
            found += [f"{size}, {scheme}: {one}" for one in barriers(page, rules, what)]
        excess = too_wide(page)
        found += [f"{size}: {excess} pixels too wide"] if excess > 0 else []
    return found


def too_wide(page: Page) -> int:
    """Return by how many pixels a page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


# Axe describes by default whatever passes a rule, too, and where it is in the page: that takes
# longer than the rules. It also loads all styles again, for an experimental rule that is not run.
# Contrast takes longer than all other rules together. In another size only few texts look
# different: only they are examined again, and of the other rules those that measure, and all of
# them for what is shown in that size alone.
_VIOLATIONS = """async ([rules, what]) => {
  const COLORS = ["color-contrast", "link-in-text-block"];
  const MEASURES = ["target-size", "scrollable-region-focusable"];
  const behind = new Map();
  const background = (one) => {
    if (!one) return "";
    if (!behind.has(one)) {
      const { backgroundColor, backgroundImage, opacity, filter, position } = getComputedStyle(one);
      const own = [backgroundColor, backgroundImage, opacity, filter, position].join();
      behind.set(one, `${own};${background(one.parentElement)}`);
    }
    return behind.get(one);
  };
  const looks = (window.looks ??= new WeakMap());
  const isNew = (one) => {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(one);
    const look = [color, fontSize, fontWeight, textShadow, background(one)].join();
    const known = looks.get(one) ?? new Set();
    looks.set(one, known);
    return known.size < known.add(look).size;
  };
  const isText = (one) => one.matches("input, select, textarea, button")
    || [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim());
  const visible = [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility());
  const texts = visible.filter((one) => isText(one) && isNew(one));
  const before = what === "shown" ? window.shown : new Set();
  const appeared = visible.filter((one) => !before.has(one));
  window.shown = new Set([...before, ...visible]);
  const found = [];
  const run = async (context, runOnly, rules = {}) => {
    const preload = { assets: ["media"] };
    const options = { runOnly, rules, resultTypes: ["violations"], selectors: false, preload };
    if (context) found.push(...(await axe.run(context, options)).violations);
  };
  const among = (parts) => parts.length ? { include: parts } : null;
  const others = rules.filter((one) => !COLORS.includes(one));
  const colors = COLORS.filter((one) => others.length ? one === COLORS[0] : rules.includes(one));
  const withoutColors = { [COLORS[0]]: { enabled: false } };
  if (what === "all" && others.length) await run(document, rules);
  else if (what === "all") await run(document, colors);
  else {
    if (others.length && what === "new") await run(document, others, withoutColors);
    else if (others.length) {
      await run(among(appeared), others, withoutColors);
      await run(document, MEASURES);
    }
    await run(among(texts), colors);
  }
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html.slice(0, 120)} ${failureSummary.slice(0, 160)}`));
}"""


def barriers(page: Page, rules: list[str], what: What = "all") -> list[str]:
    """Return the violations that axe-core finds, of contrast and of other rules, by tag or name.

    With new, the colors of a text are not examined again if they, its font, and what is behind it
    were examined before in this page. With shown, no other rules but those that measure are
    applied to what was visible in the examination before, in another size.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_VIOLATIONS, [rules, what])
    return found
