"""The base map of the settings, drawn beneath our own lines in a real browser."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from browsing import enter, wait_for_map
from PIL import Image
from playwright.sync_api import Browser, Page
from pmtiles.tile import TileType
from servers import PATIENCE, running_server, wait_until
from staff_client import Person
from tile_archives import red_tile, write_archive

from tests.staff.conftest import SECRET

# The world as one polygon, in a layer that base maps of vector tiles know as land.
EARTH = """
    SELECT ST_AsMVT(tile, 'earth', 4096, 'geometry') FROM (
        SELECT ST_AsMVTGeom(
            ST_Expand(ST_TileEnvelope(0, 0, 0), 1000000), ST_TileEnvelope(0, 0, 0), 4096, 64, true
        ) AS geometry, 'earth' AS kind
    ) AS tile
"""


RASTER = pytest.param("raster", marks=pytest.mark.long)


@pytest.fixture(scope="module", params=[RASTER, "vector"])
def with_base_map(
    request: pytest.FixtureRequest, city: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server with a base map; red, or land."""
    folder = tmp_path_factory.mktemp("base-map")
    if request.param == "raster":
        write_archive(folder / "base.pmtiles", red_tile(), TileType.PNG)
    else:
        with psycopg.connect(city) as connection:
            row = connection.execute(EARTH).fetchone()
        assert row is not None
        write_archive(folder / "base.pmtiles", bytes(row[0]), TileType.MVT)
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_BASE_MAP": str(folder / "base.pmtiles"),
        "OPEN311_BASE_MAP_ATTRIBUTION": "Gridtown surveyed it",
    }
    with running_server(city, folder / "log", settings) as address:
        yield address


def color_of(page: Page) -> tuple[int, ...]:
    """The color of the map where none of our own is drawn, in its upper left corner."""
    image = Image.open(BytesIO(page.locator("#map canvas").screenshot())).convert("RGB")
    pixel = image.getpixel((20, 20))
    assert isinstance(pixel, tuple)
    return pixel


def test_it_is_drawn_with_whose_it_is(
    browser: Browser,
    town: str,
    with_base_map: str,
    passwords: dict[str, str],
    complaints: list[str],
) -> None:
    def shown(address: str) -> Page:
        password = passwords["dispatch"]
        page = enter(browser, address, "dispatch", password, complaints, color_scheme="light")
        wait_for_map(page)
        page.wait_for_timeout(1_000)
        return page

    bare = color_of(shown(town))
    page = shown(with_base_map)
    assert wait_until(lambda: color_of(page) != bare)
    page.goto(f"{with_base_map}/staff/requests/20-0000001")
    wait_for_map(page)
    page.get_by_text("Gridtown surveyed it").wait_for(state="attached")
    assert complaints == []


def test_its_file_is_served_in_ranges_to_staff_alone(
    with_base_map: str, passwords: dict[str, str]
) -> None:
    person = Person(with_base_map)
    assert "/sign-in" in person.get("/base-map/").url
    person.sign_in("dispatch", passwords["dispatch"])
    answer = person.session.get(
        f"{with_base_map}/staff/base-map/", headers={"Range": "bytes=0-6"}, timeout=PATIENCE
    )
    assert (answer.status_code, answer.content) == (206, b"PMTiles")


def test_what_lies_elsewhere_is_all_that_a_page_may_load(
    city: str, passwords: dict[str, str], tmp_path: Path
) -> None:
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_BASE_MAP": "https://maps.example/styles/light.json",
        "OPEN311_BASE_MAP_ORIGINS": "https://tiles.example https://fonts.example",
    }
    with running_server(city, tmp_path / "log", settings) as address:
        person = Person(address)
        page = person.sign_in("dispatch", passwords["dispatch"])
        policy = page.headers["Content-Security-Policy"]
        origins = "https://maps.example https://tiles.example https://fonts.example"
        assert f"connect-src 'self' {origins};" in policy
        assert f"img-src 'self' data: blob: {origins};" in policy
        assert "script-src 'self';" in policy
        assert 'data-base-map="https://maps.example/styles/light.json"' in page.text
        assert 'data-base-kind="style"' in page.text
        assert person.get("/base-map/").status_code == 404


def test_a_base_map_that_cannot_be_had_is_left_out(
    browser: Browser, city: str, passwords: dict[str, str], tmp_path: Path
) -> None:
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_BASE_MAP": "http://127.0.0.1:9/style.json",
    }
    with running_server(city, tmp_path / "log", settings) as address:
        page = enter(browser, address, "dispatch", passwords["dispatch"], [])
        wait_for_map(page)
        assert page.locator("tr[data-id]").count() > 5


def test_without_one_pages_load_from_here_alone(person: Callable[[str], Person]) -> None:
    page = person("dispatch").get("/requests")
    assert "connect-src 'self';" in page.headers["Content-Security-Policy"]
    assert 'data-base-map=""' in page.text
    assert "pmtiles.js" not in page.text
