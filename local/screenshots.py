"""make screenshots: show each page of staff at three widths, light and dark, for people to look at.

python -m local.screenshots [PART…] [--scheme dark] [--width 390]. Pages whose path contains a PART
are shown, or all. The pictures, and a sheet with all of them for each width and scheme, are written
to var/screenshots. Pages that are wider than the window, and those without a picture, are listed.
"""

import argparse
import contextlib
import math
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.run import command, sign_in
from benchmarks.servers import running_product
from benchmarks.staff_pages import paths, prepare
from local.claims import VAR
from local.cluster import throwaway_cluster
from local.debian import BROWSER

REQUESTS = 400
WIDTHS = (390, 768, 1440)
HEIGHT = 900
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
THUMB, COLUMNS, LABEL = (300, 420), 8, 16
"""Width and height of a page on a sheet, pages in a row, and pixels of their names."""

PROGRAMS = (f"/usr/bin/{BROWSER}", "/usr/bin/chromium")
OPTIONS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
FRAGMENTS = ("/staff/requests/list",)
MAP = "#map, #set-map"
DRAWN = """maps => [...document.querySelectorAll(maps)].every(
  map => !map.checkVisibility() || "drawn" in map.dataset)"""
SECONDS_OF_MAP = 20
FOLDER = VAR / "screenshots"
TALLEST = 6_000  # pixels of a picture; long lists are cut
PATIENCE = 90_000  # ms, on a busy machine


def main() -> None:
    """Fill a throwaway database, open the pages, and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="parts of paths; by default, all pages")
    parser.add_argument("--width", type=int, choices=WIDTHS, action="append")
    parser.add_argument("--scheme", choices=SCHEMES, action="append")
    given = parser.parse_args()
    with throwaway_cluster() as cluster:
        url, secret_key = cluster.create_database("pages"), secrets.token_hex()
        environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
        password = prepare(environment, REQUESTS)
        command({**environment, "OPEN311_JOBS": "none"}, "jobs", "run", "--once")
        with running_product(url, secret_key) as server, sync_playwright() as playwright:
            wanted = [
                one
                for one in paths(environment)
                if "?" not in one and one not in FRAGMENTS and _is_wanted(one, given.parts)
            ]
            program = next(one for one in PROGRAMS if Path(one).exists())
            browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
            cookie = sign_in(server, password)
            for width in given.width or WIDTHS:
                schemes = given.scheme or SCHEMES
                page = _opened(browser, server.address, cookie, width)
                for path in wanted:
                    _show(page, server.address + path, [_file(path, width, one) for one in schemes])
                page.context.close()
                for scheme in schemes:
                    write_sheet(FOLDER / f"{width}-{scheme}")


def _is_wanted(path: str, parts: Sequence[str]) -> bool:
    return not parts or any(part in path for part in parts)


def _file(path: str, width: int, scheme: Scheme) -> Path:
    name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
    return FOLDER / f"{width}-{scheme}" / f"{name}.png"


def _opened(browser: Browser, address: str, cookie: str, width: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, service_workers="block"
    )
    for name, _, value in (one.partition("=") for one in cookie.split("; ")):
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return context.new_page()


def _show(page: Page, address: str, files: Sequence[Path]) -> None:
    """Write a picture of a page for each scheme, which the folder of its file names.

    A page is loaded once. One with a map is loaded for each scheme, as maps are drawn in the scheme
    that they find.
    """
    is_loaded = False
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        scheme: Scheme = "dark" if file.parent.name.endswith("dark") else "light"
        try:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if not is_loaded:
                page.goto(address, wait_until="load")
            has_map = page.locator(MAP).count() > 0
            if has_map:
                with contextlib.suppress(PlaywrightError):  # the picture shows that it is not drawn
                    page.wait_for_function(DRAWN, arg=MAP, timeout=SECONDS_OF_MAP * 1000)
            excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if excess > 0:
                print(f"{file.parent.name} {file.stem}: {excess} pixels too wide", flush=True)
            size = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
            clip: FloatRect = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], TALLEST)}
            page.screenshot(path=file, full_page=True, clip=clip, timeout=PATIENCE)
            is_loaded = not has_map
        except PlaywrightError as error:  # on a busy machine; the other pages are worth seeing
            print(f"{file.parent.name} {file.stem}: no picture ({error.message.splitlines()[0]})")


def write_sheet(folder: Path) -> None:
    """Write one picture with the beginning of each page of a folder."""
    files = sorted(folder.glob("*.png"))
    rows = math.ceil(len(files) / COLUMNS)
    width, height = THUMB
    sheet = Image.new("RGB", (COLUMNS * (width + 8), rows * (height + LABEL + 8)), "gray")
    pen = ImageDraw.Draw(sheet)
    for place, file in enumerate(files):
        x, y = place % COLUMNS * (width + 8), place // COLUMNS * (height + LABEL + 8)
        with Image.open(file) as picture:
            shown = picture.convert("RGB").resize((width, picture.height * width // picture.width))
        sheet.paste(shown.crop((0, 0, width, height)), (x, y + LABEL))
        pen.text((x + 2, y + 2), file.stem[:48], "white")
    sheet.save(folder.with_suffix(".png"))
    print(f"{len(files)} pages: {folder.with_suffix('.png')}", flush=True)


if __name__ == "__main__":
    main()
