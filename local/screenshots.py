"""make screenshots: show each page of staff at three widths, light and dark, for people to look at.

python -m local.screenshots [PART…] [--scheme dark] [--width 390]. Pages whose path contains a PART
are shown, or all. The pictures, and a sheet with all of them for each width and scheme, are written
to var/screenshots. Pages that are wider than the window are listed.
"""

import argparse
import contextlib
import math
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.run import sign_in
from benchmarks.servers import running_product
from benchmarks.staff_pages import paths, prepare
from local.claims import VAR
from local.cluster import throwaway_cluster
from local.debian import BROWSER

REQUESTS = 400
WIDTHS = (390, 768, 1440)
HEIGHT = 900
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
THUMB, COLUMNS, LABEL = (300, 420), 8, 16
"""Width and height of a page on a sheet, pages in a row, and pixels of their names."""

PROGRAMS = (f"/usr/bin/{BROWSER}", "/usr/bin/chromium")
OPTIONS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
FRAGMENTS = ("/staff/requests/list",)
DRAWN = """() => {
  const map = document.querySelector("#map");
  return !map || !map.checkVisibility() || "drawn" in map.dataset;
}"""
SECONDS_OF_MAP = 8


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
                for scheme in given.scheme or SCHEMES:
                    page = _opened(browser, server.address, cookie, width, scheme)
                    folder = VAR / f"screenshots/{width}-{scheme}"
                    write_sheet(folder, _shown(page, server.address, wanted, folder))
                    page.context.close()


def _is_wanted(path: str, parts: Sequence[str]) -> bool:
    return not parts or any(part in path for part in parts)


def _opened(
    browser: Browser, address: str, cookie: str, width: int, scheme: Literal["light", "dark"]
) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, service_workers="block"
    )
    for name, _, value in (one.partition("=") for one in cookie.split("; ")):
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return context.new_page()


def _shown(page: Page, address: str, wanted: Iterable[str], folder: Path) -> list[Path]:
    """Write a picture of each page; return their files, and print what is too wide."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for path in wanted:
        page.goto(address + path)
        with contextlib.suppress(PlaywrightError):  # the picture shows a map that is not drawn
            page.wait_for_function(DRAWN, timeout=SECONDS_OF_MAP * 1000)
        excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if excess > 0:
            print(f"{folder.name} {path}: {excess} pixels too wide")
        file = folder / f"{re.sub(r'[^a-z0-9]+', '-', path.lower()).strip('-')}.png"
        try:
            page.screenshot(path=file, full_page=True)
            files.append(file)
        except PlaywrightError as error:  # on a busy machine; the other pages are worth seeing
            print(f"{folder.name} {path}: no picture ({error.message.splitlines()[0]})")
    return files


def write_sheet(folder: Path, files: Sequence[Path]) -> None:
    """Write one picture with the beginning of each page of a folder."""
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
