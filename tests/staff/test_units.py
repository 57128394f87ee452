"""Distances and areas on the pages of a city that measures in feet and miles."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from administrators import NAME, says, told
from browsing import enter, wait_for_map
from georeport_client import Api
from playwright.sync_api import Browser, Page, expect
from servers import CITIES
from staff_client import Person

from tests.staff.test_maps import DOUBTFUL, draft, geojson, upload


@pytest.fixture(scope="module")
def city(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Gridtown in feet and miles."""
    folder = tmp_path_factory.mktemp("cities") / "gridtown"
    shutil.copytree(CITIES / "gridtown", folder)
    with (folder / "jurisdiction.toml").open("a") as file:
        file.write('units = "us"\n')
    url = fresh_database(gridtown)
    assert "jurisdiction: 1 changed: gridtown.example (units)" in run_command(
        url, "seed", str(folder)
    )
    return url


def test_a_request_shows_feet_and_miles(chief: Person, api: Api) -> None:
    one = api.report(lat=-0.3, long=-0.3)
    assert "within 300 ft in the past 30 days" in says(chief.get(f"/requests/{one}"))
    api.report(lat=-0.3005, long=-0.3)
    words = says(chief.get(f"/requests/{one}"))
    assert "181 ft away" in words
    assert re.search(r"Ward West 21 mi to East", words)
    chief.session.headers["Accept-Language"] = "es"
    assert "a 181 ft" in says(chief.get(f"/requests/{one}"))
    del chief.session.headers["Accept-Language"]
    tried = chief.get("/city/rules/try", service_code="POTHOLE", lat="-0.3", long="-0.3")
    assert "21 mi, East" in says(tried)


def test_sentences_of_the_api_use_the_units_and_its_numbers_are_meters(api: Api) -> None:
    refused = api.post(service_code="POTHOLE", lat=1.5, long=0.5)
    assert refused.sentences == ["The location is 34 mi outside the Gridtown service area."]
    found = api.get("v2/requests", lat=-0.3, long=-0.3, radius=60, updated_after="2000-01-01")
    assert len(found.ids()) == 2  # 55 meters from one to the other


def fields_of(page: Person, **parameters: str) -> dict[str, str]:
    [form] = lxml.html.fromstring(page.get("/requests", **parameters).text).xpath(
        "//form[@id='filters']"
    )
    return {name: value for name, value in form.form_values() if value}


def test_typed_distances_are_feet_if_the_form_says_so(chief: Person) -> None:
    page = chief.get("/requests").text
    assert "Circle: lat,long,feet" in page
    assert "Distance on each side (feet)" in page
    form = fields_of(chief)
    assert (form["units"], form["within"]) == ("us", "150")
    for circle, units, found in (
        ("-0.3,-0.3,180", "us", 1),
        ("-0.3,-0.3,182", "us", 2),
        ("-0.3,-0.3,55.2", "metric", 1),
        ("-0.3,-0.3,55.4", "", 2),  # as in links from before
    ):
        asked = {"circle": circle, "units": units}
        assert chief.get("/requests", **asked).text.count("data-id=") == found, asked
    assert fields_of(chief, circle="-0.3,-0.3,800", units="us")["circle"] == "-0.3,-0.3,800"
    assert fields_of(chief, circle="-0.3,-0.3,60.96")["circle"] == "-0.3,-0.3,200"
    strip = {"along": "-0.3,-0.31;-0.3,-0.29", "units": "us"}
    assert fields_of(chief, **strip)["within"] == "150"
    assert chief.get("/requests", **strip).text.count("data-id=") == 1
    assert chief.get("/requests", within="182", **strip).text.count("data-id=") == 2
    wrong = chief.get("/requests", circle="-0.3,-0.3,164042", units="us")
    assert told(wrong) == "Circle must have a radius from 1 to 164,041 feet."


def test_a_saved_area_and_a_saved_view_keep_their_size(chief: Person) -> None:
    query = "circle=-0.3,-0.3,182&units=us"
    view = chief.post(f"/saved/?query={query}", "/saved/views", name="Near", query=query)
    assert view.text.count("data-id=") == 2
    area = chief.post(f"/saved/?query={query}", "/saved/areas", name="Near", query=query)
    assert parse_qs(urlsplit(area.url).query).keys() == {"area"}
    assert area.text.count("data-id=") == 2


def test_maps_show_acres_and_take_feet(chief: Person, api: Api) -> None:
    assert "Buffer distance in feet" in chief.get("/city/maps").text
    words = says(chief.get(draft(chief, DOUBTFUL, name_field="name")))
    assert re.search(r"East Ward 2 [\d,]+ ac None Ward 2 [\d,]+ ac East None [\d,]+ ac", words)
    assert re.search(r"Boundaries overlap in one place, [\d,]+ ac\.", words)
    document = json.loads(geojson(DOUBTFUL))
    bowtie = [[-1, -1], [0.5, 1], [0.5, -1], [-1, 1], [-1, -1]]
    document["features"][0]["geometry"]["coordinates"] = [bowtie]
    repaired = upload(chief, json.dumps(document).encode())
    repaired = chief.get(repaired.headers["Location"].removeprefix("/staff"))
    assert re.search(r"Its area changed by [\d,]+ ac\.", says(repaired))
    refused = upload(chief, b"", reach="32809")
    assert told(refused) == "Buffer distance must be more than 0 and at most 32,808 feet."


def test_commands_write_feet_and_acres(
    city: str, run_command: Callable[..., str], tmp_path: Path
) -> None:
    explained = run_command(city, "routing", "explain", "-0.3", "-0.3", "POTHOLE")
    assert re.search(r"2 \(West\); 21 mi to 10 \(East\)", explained)
    file = tmp_path / "wards.geojson"
    file.write_bytes(geojson(DOUBTFUL))
    warnings = run_command(city, "boundaries", "lint", str(file), "--code-field", "code")
    assert re.search(r"^overlap: 1, [\d,]+ ac in total$", warnings, re.MULTILINE)
    assert re.search(r"^  overlap of 2 and 10, [\d,]+ ac$", warnings, re.MULTILINE)
    options = ("--layer", "ward", "--code-field", "code")
    looked = run_command(city, "boundaries", "import", str(file), *options)
    exception = r"^Exception to approve: Boundaries overlap in one place, [\d,]+ ac\."
    assert re.search(exception, looked, re.MULTILINE)
    imported = run_command(city, "boundaries", "service-area", str(file))
    assert re.search(r"^The service area is [\d,]+ ac\.$", imported, re.MULTILINE)


def radius_of_a_drawn_circle(page: Page, meters_per_unit: str = "") -> float:
    """Draw a circle of a twentieth of the map's width; return its radius as the page writes it."""
    wait_for_map(page)
    if meters_per_unit:
        script = "(one, unit) => { one.dataset.metersPerUnit = unit }"
        page.locator("#tools").evaluate(script, meters_per_unit)
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    circle = page.get_by_role("button", name="Circle", exact=True)
    circle.click()
    expect(circle).to_have_attribute("aria-pressed", "true")  # once the library is loaded
    for share in (0.5, 0.55):
        spot = (box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        page.mouse.move(*spot, steps=4)
        page.mouse.click(*spot)
    expect(page).to_have_url(re.compile(r"units=us&circle="))
    return float(page.locator("#circle").input_value().rpartition(",")[2])


def test_a_drawn_circle_is_written_in_feet(browser: Browser, town: str, password: str) -> None:
    page = enter(browser, town, NAME, password, [])
    other = page.context.new_page()
    other.goto(page.url)
    feet, meters = radius_of_a_drawn_circle(page), radius_of_a_drawn_circle(other, "1")
    assert feet * 0.3048 == pytest.approx(meters, rel=0.01)
    page.reload()
    assert page.locator("#circle").input_value().endswith(f",{feet:.0f}")
