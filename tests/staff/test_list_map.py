"""The map beside the list, and its base map: what scripts fetch, uploads, and a browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from administrators import administrator, password_of, send
from browsing import barriers_in_all_views, enter, wait_for_map
from playwright.sync_api import Browser, Page, expect
from pmtiles.tile import TileType
from servers import PATIENCE, running_server
from staff_client import Person
from tile_archives import red_tile, write_archive

from tests.staff.calls_town import calls_city
from tests.staff.conftest import SECRET

PAGE = "/city/base-map"
TILE = "https://aerial.example/{z}/{x}/{y}.jpg"
GRIDTOWN = (-2.0, -2.0, 2.0, 2.0)


@pytest.fixture(scope="module")
def city(
    fresh_database: Callable[[str], str], gridtown: str, run_command: Callable[..., str]
) -> str:
    """A Gridtown of its own with a website and a register of addresses."""
    return calls_city(fresh_database, gridtown, run_command)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def town(city: str, media: Path) -> Iterator[str]:
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_MEDIA_STORE": str(media),
        "OPEN311_MAX_BASE_MAP_BYTES": "20000",
        "OPEN311_MAX_BODY_BYTES": "10000",
        "OPEN311_AERIAL_TILES": "https://server.example/{z}/{x}/{y}",
    }
    with running_server(city, media / "log", settings) as address:
        yield address


@pytest.fixture(scope="module")
def chief(town: str, city: str, run_command: Callable[..., str]) -> Person:
    return administrator(town, password_of(city, run_command))


def upload(person: Person, content: bytes, page: str = PAGE) -> requests.Response:
    """Send a file as the page does, with what is hidden in the form of a page."""
    return person.session.post(
        f"{person.address}/staff{PAGE}/file",
        data=person.hidden(page, f"{PAGE}/file"),
        files={"file": ("city.pmtiles", content)},
        timeout=PATIENCE,
    )


def archive(folder: Path, bounds: tuple[float, float, float, float] = GRIDTOWN) -> bytes:
    return write_archive(folder / "a", red_tile(), TileType.PNG, bounds).read_bytes()


def stored(media: Path) -> list[str]:
    return [one.name for one in media.glob("*.pmtiles")]


def test_names_of_boundaries_are_points_inside_them(person: Callable[[str], Person]) -> None:
    answer = person("reader").get("/requests/map/labels")
    assert answer.headers["Content-Type"] == "application/geo+json"
    features = answer.json()["features"]
    ward = next(one for one in features if one["properties"]["layer"] == "ward")
    assert ward["properties"]["name"]
    assert ward["properties"]["width"] > 0
    assert ward["geometry"]["type"] == "Point"
    ranks = [one["properties"]["rank"] for one in features]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1


def test_the_legend_counts_what_the_list_finds(person: Callable[[str], Person]) -> None:
    dispatch = person("dispatch")
    for query in ({}, {"status": "closed"}, {"service_code": "POTHOLE"}, {"overdue": "true"}):
        counts = dispatch.get("/requests/map/counts", **query).json()
        page = dispatch.get("/requests", **query).text
        total = re.search(r'id="count"[^>]*><strong>(\d+)', page)
        assert total
        assert sum(counts.values()) == int(total[1]), query
        overdue = dispatch.get("/requests", **{**query, "overdue": "true"}).text
        late = re.search(r'id="count"[^>]*><strong>(\d+)', overdue)
        assert late
        assert counts["overdue"] == int(late[1]), query
    assert dispatch.get("/requests/map/counts", circle="x").status_code == 400


def test_an_archive_is_checked_and_then_served_to_all_pages(
    chief: Person, media: Path, tmp_path: Path, person: Callable[[str], Person]
) -> None:
    content = archive(tmp_path)
    page = upload(chief, content)
    assert "Base map saved: Pictures, zoom 0 to 0, 100% of the service area." in page.text
    [name] = stored(media)
    path = f"/staff/base-map/?v={name[:8]}"
    assert f'data-base-map="{path}" data-base-kind="pmtiles"' in chief.get("/requests").text
    part = person("reader").session.get(
        f"{chief.address}{path}", headers={"Range": "bytes=7-9"}, timeout=PATIENCE
    )
    assert (part.status_code, part.content) == (206, content[7:10])
    anyone = requests.get(f"{chief.address}/base-map", timeout=PATIENCE)
    assert anyone.content == content
    assert (
        f'data-base-map="/base-map?v={name[:8]}"'
        in requests.get(f"{chief.address}/en/reports", timeout=PATIENCE).text
    )

    upload(chief, content)  # the former file is removed
    assert len(stored(media)) == 1
    assert stored(media) != [name]
    send(chief, PAGE, f"{PAGE}/remove")
    assert stored(media) == []
    assert requests.get(f"{chief.address}/base-map", timeout=PATIENCE).status_code == 404


def test_a_file_that_maps_cannot_show_changes_nothing(
    chief: Person, media: Path, tmp_path: Path, person: Callable[[str], Person]
) -> None:
    content = archive(tmp_path)
    refusals = {
        b"": "Choose a PMTiles file.",
        b"<html>": "This is not a PMTiles file.",
        content[:-1]: "The file is incomplete.",
        archive(tmp_path, (10, 10, 20, 20)): "This file covers another place.",
    }
    for sent, sentence in refusals.items():
        answer = upload(chief, sent)
        assert (answer.status_code, sentence in answer.text) == (400, True), sentence
    assert upload(chief, bytes(40_000)).status_code == 413
    assert upload(person("dispatch"), content, "/requests").status_code == 403
    assert stored(media) == []


def test_a_map_elsewhere_is_all_that_pages_with_a_map_may_load(chief: Person) -> None:
    sent = {
        "address": "https://maps.example/style.json",
        "origins": "https://tiles.example\nhttps://fonts.example/",
        "attribution": "Surveyors of Gridtown",
        "aerial_tiles": TILE,
        "aerial_attribution": "Pilots of Gridtown",
    }
    assert send(chief, PAGE, PAGE, sent).status_code == 303
    page = chief.get("/requests")
    policy = page.headers["Content-Security-Policy"]
    origins = "https://maps.example https://tiles.example https://fonts.example"
    assert f"connect-src 'self' https://aerial.example {origins};" in policy
    assert 'data-base-attribution="Surveyors of Gridtown"' in page.text
    assert f'data-aerial="{TILE}" data-aerial-attribution="Pilots of Gridtown"' in page.text
    assert "example" not in chief.get("/account").headers["Content-Security-Policy"]
    website = requests.get(f"{chief.address}/en/reports", timeout=PATIENCE)
    assert f"connect-src 'self' {origins};" in website.headers["Content-Security-Policy"]

    for wrong in (
        {"address": "https://maps.example;script-src/style"},
        {"address": "ftp://maps.example"},
        {"aerial_tiles": "https://aerial.example/{z}/{x}.jpg"},
        {"aerial_tiles": "https://aerial.example;x/{z}/{x}/{y}"},
        {"origins": "https://tiles.example/path"},
    ):
        answer = send(chief, PAGE, PAGE, {**sent, **wrong})
        [typed] = wrong.values()
        assert answer.status_code == 400, wrong
        assert typed in answer.text
    assert send(chief, PAGE, f"{PAGE}/remove").status_code == 303
    assert send(chief, PAGE, PAGE, dict.fromkeys(sent, "")).status_code == 303
    assert "https://server.example;" in chief.get("/requests").headers["Content-Security-Policy"]


# What the script says of some marks: parts of rings, and images by name.
PURE = """async () => {
  const here = new URL(".", document.querySelector("script[src$='find.mjs']").src);
  const marks = await import(`${here}map_marks.mjs`);
  const layers = await import(`${here}map_layers.mjs`);
  return {
    shares: marks.partsOf({ overdue: 1, open: 1, closed: 2 }).map((one) => [one.status, one.to]),
    thin: marks.partsOf({ overdue: 1, open: 0, closed: 999 }).map(({ from, to }) => to - from),
    short: [1, 999, 1234, 12345].map(marks.short),
    ring: marks.meaningOf("ring/1/2/3"),
    one: marks.meaningOf("one/overdue"),
    other: marks.meaningOf("airport-11") ?? null,
    kept: [null, "{", '{"hidden": [], "opacity": {"ward": 0.5, "x": 7}}'].map(layers.read),
    zoom: layers.zoomFor(360, 1024),
  };
}"""


def test_marks_tell_shares_and_layers_are_kept(
    browser: Browser, town: str, passwords: dict[str, str], complaints: list[str]
) -> None:
    page = enter(browser, town, "dispatch", passwords["dispatch"], complaints)
    wait_for_map(page)
    found = page.evaluate(PURE)
    assert found["shares"] == [["overdue", 0.25], ["open", 0.5], ["closed", 1]]
    assert found["thin"][0] == pytest.approx(0.03, abs=0.001)
    assert sum(found["thin"]) == pytest.approx(1)
    assert found["short"] == ["1", "999", "1.2K", "12K"]
    assert found["ring"] == {"kind": "ring", "numbers": {"overdue": 1, "open": 2, "closed": 3}}
    assert found["one"]["status"] == "overdue"
    assert found["other"] is None
    assert found["kept"][:2] == [{"open": False, "hidden": [":aerial"], "opacity": {}}] * 2
    assert found["kept"][2] == {"open": False, "hidden": [], "opacity": {"ward": 0.5}}
    assert found["zoom"] == 1
    _search_and_switch(page)
    _tabs_on_a_phone(page)
    assert complaints == []


def _search_and_switch(page: Page) -> None:
    expect(page.locator("[data-count=closed]")).to_have_text("2")
    field = page.get_by_label("Go to an address")
    field.fill("12 main st")
    field.press("Enter")
    expect(page.locator("#map-search [role=status]")).to_contain_text("Map moved to 12 MAIN ST")
    expect(page).to_have_url(re.compile("bbox="))
    field.fill("nowhere at all")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator("#map-search [role=status]")).to_have_text("No address matches.")

    expect(page.get_by_label("Opacity: Requests")).to_be_hidden()
    page.locator("#layers summary").click()
    page.get_by_label("Names of boundaries", exact=True).uncheck()
    page.get_by_label("Opacity: Requests").fill("50")
    page.get_by_label("Requests", exact=True).uncheck()
    expect(page).to_have_url(re.compile("hide=requests"))
    page.goto(f"{page.url.split('?')[0]}?at=12/0.5/0.5")  # without what is hidden
    wait_for_map(page)
    expect(page.get_by_label("Opacity: Requests")).to_be_visible()
    assert not page.get_by_label("Names of boundaries", exact=True).is_checked()
    assert not page.get_by_label("Requests", exact=True).is_checked()
    assert page.get_by_label("Opacity: Requests").input_value() == "50"
    page.get_by_label("Requests", exact=True).check()


def _tabs_on_a_phone(page: Page) -> None:
    tabs = page.get_by_role("tab")
    assert tabs.count() == 0
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("tab", name="List")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#map")).to_be_hidden()
    page.get_by_role("tab", name="List").press("ArrowRight")
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#map")).to_be_visible()


def test_the_page_shows_the_map_and_tells_if_it_does_not_load(
    browser: Browser, chief: Person, town: str, tmp_path: Path, city: str, complaints: list[str]
) -> None:
    upload(chief, archive(tmp_path))
    cookies = [
        {"name": one.name, "value": one.value or "", "url": town} for one in chief.session.cookies
    ]
    context = browser.new_context(device_scale_factor=0.5)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{town}/staff{PAGE}")
    wait_for_map(page)
    expect(page.locator("#map-failed")).to_be_hidden()
    assert barriers_in_all_views(page) == []
    send(chief, PAGE, PAGE, {"address": f"{town}/health/none.json"})
    page.reload()
    page.get_by_text("The base map did not load.").wait_for()
    send(chief, PAGE, f"{PAGE}/remove")
    context.close()
