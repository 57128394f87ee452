"""A real city's requests, posted to a running server as apps would post them.

make test posts a sample: each service, each ward, and all that is near a border between wards.
make test-city posts all of them.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyogrio
import pytest
import requests
import shapely
from georeport_client import Api
from pyproj import Transformer
from servers import PATIENCE, running_server
from settings import settings_for

from local.washington import RecordedRequest, recorded_requests, write_seed_folder
from open311.app import create_app
from open311.database import db
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.sets import Maps
from open311.queries.routing.reroute import requested_since, reroute

pytestmark = pytest.mark.city

AT_ONCE = 6
NEAR = 1  # meters
LAYERS = {
    "ward": ("wards_2012.geojson", "ward"),
    "police_district": ("police_districts.geojson", "district"),
    "anc": ("anc_2013.geojson", "anc"),
}
METERS = Transformer.from_crs("EPSG:4326", "EPSG:26985", always_xy=True)


@dataclass(frozen=True)
class City:
    """A running server that has been sent the requests; answers holds its answers by row."""

    address: str
    database: str
    key: str
    rows: list[RecordedRequest]
    answers: dict[int, requests.Response]

    def id_of(self, row: RecordedRequest) -> str:
        return self.answers[row.number].json()[0]["service_request_id"]

    @property
    def located(self) -> list[RecordedRequest]:
        return [row for row in self.rows if row.lat]


@pytest.fixture(scope="module")
def city(
    city_data: Path,
    whole_city: bool,
    recorded_wards: dict[str, shapely.Geometry],
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
    figure: Callable[[str, object], None],
) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("dc")
    database = fresh_database(empty)
    write_seed_folder(city_data, folder)
    run_command(database, "seed", str(folder))
    boundaries = city_data / "dc"
    for layer, (file, field) in LAYERS.items():
        options = ["--layer", layer, "--code-field", field, "--commit"]
        run_command(database, "boundaries", "import", str(boundaries / file), *options)
    area = str(boundaries / "city_boundary.geojson")
    run_command(database, "boundaries", "service-area", area, "--commit")
    key = run_command(database, "keys", "create", "tests").split()[-1]
    rows = recorded_requests(city_data)
    posted = rows if whole_city else sample(rows, recorded_wards)
    with running_server(database, folder / "log", {"OPEN311_WORKERS": "2"}) as address:
        started = time.monotonic()
        answers = post_all(address, key, posted)
        seconds = time.monotonic() - started
        figure("requests posted", f"{len(posted):,} of {len(rows):,}, {AT_ONCE} at a time")
        figure("requests per second", f"{len(posted) / seconds:.0f}")
        yield City(address, database, key, posted, answers)


def sample(
    rows: list[RecordedRequest], wards: dict[str, shapely.Geometry]
) -> list[RecordedRequest]:
    """Choose the first of each service and of each ward, those near a border or without a place.

    No row of the city is outside of it; those on federal land have a test of their own.
    """
    located = [row for row in rows if row.lat]
    degrees = ([float(row.long) for row in located], [float(row.lat) for row in located])
    places = shapely.points(*METERS.transform(*degrees))
    borders = shapely.union_all([ward.boundary for ward in wards.values()])
    shapely.prepare(borders)
    near = shapely.dwithin(borders, places, NEAR)
    first = {row.ward: row for row in reversed(located)}
    first |= {row.service_code: row for row in reversed(located)}
    chosen = {row.number for row in first.values()}
    chosen |= {row.number for row, is_near in zip(located, near, strict=True) if is_near}
    return [row for row in rows if not row.lat or row.number in chosen]


def post_all(address: str, key: str, rows: list[RecordedRequest]) -> dict[int, requests.Response]:
    """Post each row as a form, several at a time, each thread over a connection of its own."""
    threads = threading.local()

    def post(row: RecordedRequest) -> tuple[int, requests.Response]:
        if not hasattr(threads, "session"):
            threads.session = requests.Session()
        url = f"{address}/open311/v2/requests.json"
        form = {"api_key": key, **row.form}
        return row.number, threads.session.post(url, data=form, timeout=PATIENCE)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(pool.map(post, rows))


@pytest.fixture(scope="module")
def recorded_wards(city_data: Path) -> dict[str, shapely.Geometry]:
    """The wards' polygons in meters, by code, read without anything of the product."""
    meta, _ids, shapes, columns = pyogrio.raw.read(city_data / "dc/wards_2012.geojson")
    codes = dict(zip(meta["fields"], columns, strict=True))["ward"]
    return {
        str(code): shapely.transform(shapely.from_wkb(shape), METERS.transform, interleaved=False)
        for code, shape in zip(codes, shapes, strict=True)
    }


def meters_away(row: RecordedRequest, polygon: shapely.Geometry) -> float:
    return polygon.distance(shapely.Point(METERS.transform(float(row.long), float(row.lat))))


def test_every_request_inside_the_city_gets_an_id(
    city: City, city_data: Path, figure: Callable[[str, object], None]
) -> None:
    _meta, _ids, shapes, _columns = pyogrio.raw.read(city_data / "dc/city_boundary.geojson")
    area = shapely.union_all(shapely.from_wkb(shapes))
    inside = [
        row for row in city.located if area.covers(shapely.Point(float(row.long), float(row.lat)))
    ]
    for row in inside:
        assert city.answers[row.number].status_code == 200, city.answers[row.number].text
    ids = {city.id_of(row) for row in inside}
    assert len(ids) == len(inside)
    outside = [row for row in city.located if row not in inside]
    for row in outside:
        assert city.answers[row.number].status_code == 400
        assert "service area" in city.answers[row.number].text
    figure("inside the city, answered 200 with an id", f"{len(ids):,} of {len(inside):,}")
    figure("outside the city boundary, refused", len(outside))


def test_the_ward_is_the_recorded_one(
    city: City,
    whole_city: bool,
    recorded_wards: dict[str, shapely.Geometry],
    figure: Callable[[str, object], None],
) -> None:
    stored = stored_wards(city.database)
    recorded = [row for row in city.located if row.ward]
    others = [row for row in recorded if stored.get(city.id_of(row)) != row.ward]
    share = 1 - len(others) / len(recorded)
    near = [row for row in others if meters_away(row, recorded_wards[row.ward]) <= 1]
    figure("ward as recorded", f"{share:.2%} of {len(recorded):,}")
    figure(
        "ward as recorded or within 1 m of it",
        f"{1 - (len(others) - len(near)) / len(recorded):.2%}",
    )
    assert share >= 0.998 or not whole_city  # a sample of what is difficult has a lower one
    assert near == others


def stored_wards(database: str) -> dict[str, str]:
    statement = """
        SELECT service_request_id, boundaries.code
        FROM service_requests
        JOIN service_request_boundaries ON service_request_pk = pk
        JOIN boundaries ON boundaries.id = boundary_id
        JOIN boundary_layers ON boundary_layers.id = boundaries.layer_id
        WHERE boundary_layers.code = 'ward'
    """
    with psycopg.connect(database) as connection:
        return dict(connection.execute(statement).fetchall())


def test_lists_return_them_all_with_the_recorded_department(
    city: City, figure: Callable[[str, object], None]
) -> None:
    posted = {city.id_of(row): row for row in city.located if city.answers[row.number].ok}
    for format in ("xml", "json"):
        listed = list(listed_in(Api(city.address, format, ""), list(posted)))
        assert len(listed) == len(posted)
        for answer in listed:
            row = posted[answer["service_request_id"]]
            assert answer["agency_responsible"] == row.department
            assert answer["service_code"] == row.service_code
            assert answer["description"] == f"Row {row.number}"
            assert (answer["address"] or "") == row.address
            assert (float(answer["lat"]), float(answer["long"])) == (
                float(row.lat),
                float(row.long),
            )
    figure("department as recorded, in both formats", f"{len(posted):,} of {len(posted):,}")


def listed_in(api: Api, ids: list[str]) -> Iterator[dict[str, str]]:
    for start in range(0, len(ids), 300):
        chunk = ids[start : start + 300]
        yield from api.get("v2/requests", service_request_id=",".join(chunk)).document


def test_the_row_without_coordinates_goes_by_its_address(
    city: City, figure: Callable[[str, object], None]
) -> None:
    """That row has no address and no service: the error says so. With an address it is accepted."""
    [row] = [row for row in city.rows if not row.lat]
    answer = city.answers[row.number]
    assert answer.status_code == 400
    sentences = " ".join(error["description"] for error in answer.json())
    assert "service_code is required" in sentences
    assert "address_string" in sentences
    example = next(row for row in city.located if row.address)
    api = Api(city.address, "json", city.key)
    id_ = api.report(service_code=example.service_code, address_string=example.address)
    assert api.one(id_)["agency_responsible"] == example.department
    figure("rows without service, coordinates and address, refused", 1)


def test_all_are_routed_again_by_one_statement_and_stay_where_they_are(
    city: City, figure: Callable[[str, object], None]
) -> None:
    app = create_app(settings_for(city.database))
    with app.app_context():
        jurisdiction = get_jurisdiction(None)
        today = datetime.now(UTC).astimezone(jurisdiction.zone).date()
        started = time.monotonic()
        found = reroute(
            jurisdiction, Maps(today), requested_since(datetime(2000, 1, 1, tzinfo=UTC))
        )
        figure("seconds to route all of them again", f"{time.monotonic() - started:.1f}")
        db.session.remove()
        db.engine.dispose()
    assert found.total >= len(city.located)
    assert [one.service_request_id for one in found.moves] == []
