"""Maps on a server with two cities, in a real browser: each shows the boundaries of its own."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from applications import in_context
from browsing import enter, record_complaints, wait_for_map
from georeport_client import KEYS, Api
from playwright.sync_api import Browser, Page, Response
from servers import running_server
from shapely.geometry import box, mapping

from open311.operations.residents.site import change_site
from tests.staff.conftest import SECRET

CITIES = {"gridtown.example": ("localhost", 0.5), "hilltown.example": ("127.0.0.1", 10.5)}
"""The host of the website of each city, and the longitude of a place in it."""


@pytest.fixture(scope="module")
def database(
    fresh_database: Callable[[str], str],
    two_towns: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    url = fresh_database(two_towns)
    for _app in in_context(url):
        for city, (host, _long) in CITIES.items():
            change_site(city, {"host": host})
    file = tmp_path_factory.mktemp("hill") / "hill.geojson"
    hill = {"type": "Feature", "properties": {"code": "1"}, "geometry": mapping(box(10, 0, 11, 1))}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [hill]}))
    layer = ("--layer", "hill", "--code-field", "code", "--commit")
    run_command(
        url, "boundaries", "import", str(file), *layer, "--jurisdiction", "hilltown.example"
    )
    return url


@pytest.fixture(scope="module")
def port(database: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with running_server(database, log, {"OPEN311_SECRET_KEY": SECRET}) as address:
        yield urlsplit(address).port


def boundaries_of(page: Page, show: Callable[[], object]) -> list[Response]:
    """Show a map, and return the answers with tiles of boundaries."""
    answers: list[Response] = []
    page.on("response", lambda one: answers.append(one))
    show()
    wait_for_map(page)
    tiles = [one for one in answers if "/ogc/collections/" in one.url and "/tiles/" in one.url]
    return [one for one in tiles if "/collections/requests/" not in one.url]


OTHERS = [pytest.param(one, marks=pytest.mark.long) for one in CITIES if one != "hilltown.example"]


@pytest.mark.parametrize("city", [*OTHERS, "hilltown.example"])
def test_each_map_shows_the_boundaries_of_its_city(
    browser: Browser,
    database: str,
    port: int,
    run_command: Callable[..., str],
    complaints: list[str],
    city: str,
) -> None:
    host, long = CITIES[city]
    town, name = f"http://{host}:{port}", f"dispatch-{host}"
    role = ("--role", "dispatcher", "--jurisdiction", city, "--generate")
    made = run_command(database, "users", "create", name, *role)
    api = Api(town, "json", KEYS[city])
    id_ = api.report(lat=0.5, long=long, jurisdiction_id=city)
    page = enter(browser, town, name, made.strip().rpartition("Password: ")[2], complaints)
    seen = {
        "list": boundaries_of(page, lambda: page.goto(f"{town}/staff/requests?status=open")),
        "request": boundaries_of(page, lambda: page.goto(f"{town}/staff/requests/{id_}")),
    }
    website = browser.new_context().new_page()  # without the tiles that the other one has
    record_complaints(website, complaints)
    website.goto(f"{town}/reports")
    button = website.get_by_role("button", name="Show a map")
    seen["website"] = boundaries_of(website, button.click)
    for answers in seen.values():
        assert answers
        assert {one.status for one in answers} <= {200, 204}
        asked = [parse_qs(urlsplit(one.url).query)["jurisdiction_id"] for one in answers]
        assert asked == [[city]] * len(answers)
    assert complaints == []
