"""How the website's pages look: in all sizes, color schemes, and directions, without a barrier."""

import re
from collections.abc import Iterator

import pytest
import requests
from browsing import (
    SCHEMES,
    barriers,
    barriers_in_all_views,
    record_complaints,
    too_wide,
)
from playwright.sync_api import Browser, Page
from sample_site import FOLDER, sample_site
from servers import PATIENCE
from site_samples import PAGES

SIZES = {str(width): (width, 844) for width in (320, 1280)}
BETWEEN = {"390": (390, 844)}
"""Between them, only the links at the top of all pages are smaller at 320 pixels (site.css)."""

MOST_BYTES = 40_000
"""Of the start page, compressed, with all that it loads (residents' website, measures)."""

MOST_BYTES_OF_STYLE = 9_000


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with sample_site() as (address, _sent):
        yield address


SCRIPT_IS_DONE = """() => document.documentElement.dataset.ready
  || !document.querySelector("script[src$='/report.mjs']")"""
"""The start page is loaded before its script has shown all."""


def show(page: Page, url: str) -> None:
    """Open a page, and all its folded parts."""
    page.goto(url)
    page.wait_for_function(SCRIPT_IS_DONE)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")


def opened(browser: Browser, url: str, complaints: list[str]) -> Page:
    """Show a page in a browser of its own."""
    # Its first visit would load the start page and all scripts for a page without a network.
    page = browser.new_context(service_workers="block").new_page()
    record_complaints(page, complaints)
    show(page, url)
    return page


FIRST = {template: name for name, (template, _values) in reversed(PAGES.items())}
"""The first page of each template; the steps of a draft are looked at while one is written."""

WITH_FORMS = ("home-problems", "requests-problems", "track-answer")
"""Others of these templates that look different."""


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([*FIRST.values(), *WITH_FORMS], id="each template"),
        pytest.param([*PAGES], id="each page", marks=pytest.mark.long),
    ],
)
def test_no_page_has_a_barrier_in_any_size_scheme_and_direction_and_on_paper(
    browser: Browser, address: str, complaints: list[str], names: list[str]
) -> None:
    """One visit of each page is for all of it: loading takes longer than most of these."""
    wrong = {}
    context = browser.new_context(service_workers="block", device_scale_factor=0.5)
    page = context.new_page()
    record_complaints(page, complaints)
    for name in names:
        page.emulate_media(color_scheme="light")
        show(page, f"{address}/look/{name}")
        found = [
            *barriers_in_all_views(page, {**SIZES, **BETWEEN} if name == "home" else SIZES),
            *too_wide_in_between(page),
            *what_is_pressed_on_paper(page),
            *wrong_from_right_to_left(page),
            *wrong_at_four_hundred_percent(page),
        ]
        if found:
            wrong[name] = found
    assert wrong == {}
    assert complaints == []


def too_wide_in_between(page: Page) -> list[str]:
    [(width, height)] = BETWEEN.values()
    page.set_viewport_size({"width": width, "height": height})
    excess = too_wide(page)
    return [f"{width}: {excess} pixels too wide"] if excess > 0 else []


PRESSED = "button, .button, summary:visible + form, .pages a"


def what_is_pressed_on_paper(page: Page) -> list[str]:
    """List what a page that is printed shows although it can only be pressed on a screen."""
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    page.emulate_media(media="print")
    pressed = page.locator(PRESSED).locator("visible=true").all_inner_texts()
    page.emulate_media(media="screen")
    return [f"on paper: {one}" for one in pressed]


GAP_AT_THE_RIGHT = """(heading) => {
  const text = document.createRange();
  text.selectNodeContents(heading);
  const edge = Math.max(...[...text.getClientRects()].map((line) => line.right));
  return Math.abs(heading.getBoundingClientRect().right - edge);
}"""
"""Pixels between a heading's text and the right edge: none if it is read from right to left."""


def wrong_from_right_to_left(page: Page) -> list[str]:
    """Return what is wrong with a page at 320 pixels where text is read from right to left."""
    page.set_viewport_size({"width": 320, "height": 844})
    page.evaluate("document.documentElement.dir = 'rtl'")
    excess, gap = too_wide(page), page.locator("h1").first.evaluate(GAP_AT_THE_RIGHT)
    page.evaluate("document.documentElement.dir = 'ltr'")
    right = excess <= 0 and gap < 2
    return [] if right else [f"rtl: {excess} pixels too wide, {gap} from heading to edge"]


def wrong_at_four_hundred_percent(page: Page) -> list[str]:
    """Return what is too wide, covered, or not seen (WCAG 1.4.10: 320 by 256 is 1280 by 1024)."""
    page.set_viewport_size({"width": 320, "height": 256})
    excess, found = too_wide(page), page.evaluate(HIDDEN_WHEN_FOCUSED)
    wide = [f"400 %: {excess} pixels too wide"] if excess > 0 else []
    return [*wide, *(f"400 %: not seen: {one}" for one in found)]


def test_a_barrier_is_found_in_the_size_and_scheme_that_has_it(browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.set_content(WITH_BARRIERS)
    found = barriers_in_all_views(page, {"small": (320, 844), "large": (1280, 844)})
    assert [one.partition(" <")[0] for one in found] == [
        "small, light: image-alt:",
        "small: 80 pixels too wide",
        *["large, dark: color-contrast:"] * 2,  # one of them in light colors, too
        "large, light: image-alt:",  # the other one, which is shown only there
        *["large, light: target-size:"] * 2,
    ]
    again = barriers_in_all_views(page, {"large": (1280, 844)})
    assert {one.partition(" <")[0] for one in again} == {
        "large, light: image-alt:",
        "large, light: target-size:",
    }


def test_no_text_keeps_another_of_the_same_look_from_being_examined(browser: Browser) -> None:
    """Axe examines no colors of what is disabled, so that the first of these does not pass."""
    for _visit in range(2):
        page = browser.new_context().new_page()
        page.set_content(OF_ONE_LOOK)
        found = barriers(page, SCHEMES["light"], "new")
        assert [one.partition(" Fix")[0] for one in found] == [
            'color-contrast: <button class="pale">Two</button>',
            'color-contrast: <button class="pale">Three</button>',
        ]


OF_ONE_LOOK = """<html lang="en"><title>Looks</title><main><style>
  button { min-inline-size: 44px; min-block-size: 44px; color: #000; background: #fff; }
  .pale { color: #bbb; }
</style><h1>One</h1><button>Zero</button><button class="pale" disabled>One</button>
<button class="pale">Two</button><button class="pale">Three</button></main></html>"""


WITH_BARRIERS = """<html lang="en"><title>Barriers</title><main>
<style>
  body { margin: 0; }
  img { display: block; inline-size: 400px; block-size: 10px; }
  .wide { display: none; color: #aaa; }
  button { min-inline-size: 44px; min-block-size: 44px; }
  @media (min-width: 500px) {
    button { min-inline-size: 0; min-block-size: 0; inline-size: 9px; block-size: 9px; }
  }
  @media (prefers-color-scheme: dark) and (min-width: 500px) { p { color: #eee; } }
  @media (min-width: 500px) { .wide { display: block; } }
</style>
<h1>One</h1><img src="data:,"><p>Two</p><div class="wide">Three<img src="data:,"></div>
<button aria-label="Four"></button><button aria-label="Five"></button></main></html>"""


@pytest.mark.parametrize("name", ["home", "request", "track", "sent"])
def test_forced_colors_keep_what_is_chosen_and_focused_visible(
    browser: Browser, address: str, name: str, complaints: list[str]
) -> None:
    page = opened(browser, f"{address}/look/{name}", complaints)
    page.emulate_media(forced_colors="active")
    assert barriers(page, SCHEMES["light"]) == []
    page.keyboard.press("Tab")
    focused = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert focused != "none"


def test_forced_colors_underline_only_the_current_page(browser: Browser, address: str) -> None:
    """A transparent border gets the color of the text there."""
    page = browser.new_context().new_page()
    page.emulate_media(forced_colors="active")
    show(page, f"{address}/look/requests")
    lines = page.locator(".top nav a").evaluate_all(
        "links => links.map(a => getComputedStyle(a).borderBlockEndColor)"
    )
    assert lines[0] == lines[2] != lines[1]


def test_phone_numbers_and_addresses_are_not_turned_around(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    show(page, f"{address}/look/request?dir=rtl")
    for part in (page.locator(".bottom a[href^=tel]").first, page.locator("dd bdi").first):
        assert part.evaluate("one => getComputedStyle(one).direction") == "ltr"


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_caches_know_what_a_page_depends_on(address: str, accepted: str) -> None:
    page = requests.get(address, headers={"Accept-Encoding": accepted}, timeout=PATIENCE)
    assert page.headers.get("Content-Encoding", "identity") == accepted
    assert {"Accept-Encoding", "Accept-Language"} <= set(page.headers["Vary"].split(", "))


def test_the_start_page_is_small(browser: Browser, address: str) -> None:
    """Bodies as they come over HTTP, photos of the sample requests left out."""
    sizes: dict[str, int] = {}
    page = browser.new_context(service_workers="block").new_page()
    page.on(
        "requestfinished", lambda one: sizes.setdefault(one.url, one.sizes()["responseBodySize"])
    )
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.wait_for_load_state("networkidle")
    loaded = {
        url.removeprefix(address): size for url, size in sizes.items() if "/media/" not in url
    }
    assert len(loaded) > 8
    assert sum(loaded.values()) <= MOST_BYTES, loaded
    assert loaded["/open311/static/residents/site.css"] <= MOST_BYTES_OF_STYLE


HIDDEN_WHEN_FOCUSED = """() => {
  const wrong = [];
  const fields = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  for (const one of document.querySelectorAll(fields)) {
    if (one.disabled || one.tabIndex < 0 || !one.checkVisibility()) continue;
    one.focus();
    const shown = one.matches(".file, .tile input") ? one.closest(".field, .tile") : one;
    const { left, right, top, bottom } = shown.getClientRects()[0];
    const middle = [(left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
    const seen = document.elementFromPoint(...middle);
    const isSeen = seen && (shown.contains(seen) || seen.contains(shown));
    if (!isSeen || bottom <= 0 || top >= innerHeight) wrong.push(one.outerHTML.slice(0, 100));
  }
  for (const one of document.querySelectorAll("body *")) {
    const { position } = getComputedStyle(one);
    const { width, height } = one.getBoundingClientRect();
    const isOver = ["fixed", "sticky"].includes(position) && one.checkVisibility();
    const isLarge = width * height > (innerWidth * innerHeight) / 2;
    if (isOver && isLarge) wrong.push(`covers: ${one.className}`);
  }
  return wrong;
}"""
"""What is not seen although it has the focus (WCAG 2.4.11), and what covers half of the screen."""


def test_links_to_call_have_only_digits(address: str) -> None:
    """RFC 3966; the sample number is written with blanks and parentheses."""
    called = set()
    for name in PAGES:
        page = requests.get(f"{address}/look/{name}", timeout=PATIENCE).text
        called |= set(re.findall(r"tel:[^\"]*", page))
    assert called == {"tel:7406876600", "tel:911", "tel:8005550199"}


SIDED = re.compile(
    r"(?:^|[\s;{])"
    r"(?:(?:[a-z-]+-)?(?:left|right|top|bottom)|(?:min-|max-)?(?:width|height)"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right))\s*(?::|(?<=left);|(?<=right);)"
)


def test_styles_name_no_side_of_the_screen() -> None:
    """Only logical properties turn with the direction of the text."""
    assert SIDED.search("a { margin-left: 1px; }")
    assert SIDED.search("a { text-align: right; }")
    style = (FOLDER / "static/residents/site.css").read_text(encoding="utf-8")
    assert SIDED.findall(style) == []
