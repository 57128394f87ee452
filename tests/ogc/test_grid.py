"""The kept totals of the map: equal to the service requests, whatever happened to them."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely
from applications import in_context
from flask import Flask
from sqlalchemy import text

from open311.database import db
from open311.operations.grid import check_grid, fold_grid
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import get_source
from open311.queries.ogc.tiles import DOTS, RINGS, Tile, make_tile
from open311.queries.search.criteria import ALWAYS, Criteria
from tests.ogc.conftest import Client
from tests.ogc.test_tiles import QUAD, features, read_tile

TURNED = "CASE status WHEN 'open' THEN 'closed' ELSE 'open' END"

CHANGES = (
    f"status = {TURNED}, detailed_status = {TURNED}",
    "location = ST_SetSRID(ST_MakePoint(:long, :lat), 4326), location_from = 'staff'",
    "location = NULL, location_from = NULL, address_string = 'Main Street'",
    "location = ST_SetSRID(ST_MakePoint(180, 89.9), 4326), location_from = 'staff'",
    "service_id = (SELECT max(id) FROM services)",
    "public = NOT public AND service_request_id IS NOT NULL",
    "withdrawn_at = CASE WHEN withdrawn_at IS NULL THEN now() END",
    "sandbox = NOT sandbox",
    "submitted_at = requested_datetime - interval '1 day'",
    "description = 'No change of the map'",
)

COPY = """
    INSERT INTO service_requests ({columns})
    SELECT {values} FROM generate_series(1, :number) AS number, (
        SELECT * FROM service_requests WHERE location IS NOT NULL ORDER BY pk LIMIT 1
    ) AS model
"""

OWN = {
    "service_request_id": "'C-' || nextval('service_request_numbers')",
    "pk": "nextval('service_requests_pk_seq')",
    "token": "NULL",
    "location": "ST_SetSRID(ST_MakePoint(:long + :step * number, :lat), 4326)",
    "expected_datetime": "NULL",
    "status": ":status",
    "detailed_status": ":status",
    "duplicate_of_pk": "NULL",
    "continues_pk": "NULL",
}


def copies(connection: Any, **values: Any) -> None:
    """Add many service requests on a line, in one statement."""
    columns = [
        row.column_name
        for row in connection.execute(
            text(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = :name AND is_generated = 'NEVER'"
            ),
            {"name": "service_requests"},
        )
    ]
    values = {"status": "open", "step": 0.0, "number": 1, **values}
    written = COPY.format(
        columns=", ".join(columns), values=", ".join(OWN.get(name, name) for name in columns)
    )
    connection.execute(text(written), values)


def one_of(chosen: random.Random) -> int:
    pks = db.session.scalars(text("SELECT pk FROM service_requests ORDER BY pk")).all()
    return int(chosen.choice(pks))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_the_totals_stay_equal_to_the_service_requests(app: Flask, seed: int) -> None:
    chosen = random.Random(seed)
    fold_grid()
    assert check_grid() == 0
    for _round in range(60):
        place = {"long": chosen.uniform(-1, 1), "lat": chosen.choice([0.5, chosen.uniform(-1, 1)])}
        work = chosen.random()
        if work < 0.15:
            copies(db.session.connection(), **place, number=chosen.randint(1, 9), step=0.001)
        elif work < 0.25:
            statement = "DELETE FROM service_requests WHERE pk = :pk AND service_request_id ~ '^C'"
            db.session.execute(text(statement), {"pk": one_of(chosen)})
        elif work < 0.35:
            fold_grid()
            continue
        else:
            where = "pk = :pk" if work < 0.9 else "pk % 3 = 0"
            statement = f"UPDATE service_requests SET {chosen.choice(CHANGES)} WHERE {where}"
            db.session.execute(text(statement), {"pk": one_of(chosen), **place})
        (db.session.commit if chosen.random() < 0.9 else db.session.rollback)()
        if chosen.random() < 0.2:
            assert check_grid() == 0
    fold_grid()
    assert check_grid() == 0
    assert db.session.scalar(text("SELECT count(*) FROM request_grid_log")) == 0
    assert db.session.scalar(text("SELECT sum(requests) FROM request_grid WHERE level = 6")) > 0


def test_a_wrong_cell_is_found_and_corrected(app: Flask) -> None:
    fold_grid()
    elsewhere = "SELECT jurisdiction_id, sandbox, public, service_id, status, x + 1, y, level"
    for damage in (
        "UPDATE request_grid SET requests = requests + 1 WHERE level = 9 AND service_id = 0",
        "DELETE FROM request_grid WHERE level = 18",
        f"INSERT INTO request_grid {elsewhere}, 1, 1, 1, 1, 1 FROM request_grid LIMIT 1",
        f"INSERT INTO request_grid_log {elsewhere[:-7]}, 1, 1, 1, 1, 1 FROM request_grid LIMIT 1",
    ):
        db.session.execute(text(damage))
        db.session.commit()
        assert check_grid() > 0, damage
        assert check_grid() == 0


def test_a_folding_loses_no_change_that_is_not_committed_yet(app: Flask) -> None:
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    fold_grid()
    with psycopg.connect(url) as other:
        other.execute("UPDATE service_requests SET status = 'closed', detailed_status = 'closed'")
        fold_grid()
        assert check_grid() == 0
    assert fold_grid() > 0
    assert check_grid() == 0


KNOWN = (
    "SELECT reltuples, (SELECT count(*) FROM pg_stats WHERE tablename = relname) > 0"
    " FROM pg_class WHERE relname = 'request_grid'"
)


def test_a_grid_that_was_just_filled_has_statistics(app: Flask) -> None:
    """Autovacuum comes later, and until then a list with a map box would read the whole grid."""
    copies(db.session.connection(), long=0.5, lat=0.5, number=500, step=0.000_2)
    db.session.commit()
    cells = fold_grid()
    known, has_statistics = db.session.execute(text(KNOWN)).one()
    assert known >= cells
    assert has_statistics


def test_a_restored_grid_gets_statistics_from_maintenance(app: Flask) -> None:
    fold_grid()
    db.session.execute(text("DELETE FROM pg_statistic WHERE starelid = 'request_grid'::regclass"))
    db.session.commit()
    assert fold_grid() == 0
    assert not db.session.execute(text(KNOWN)).one()[1]
    assert check_grid() == 0
    assert db.session.execute(text(KNOWN)).one()[1]


@pytest.fixture(scope="module")
def crowd(city: str) -> Iterator[str]:
    """The city with 3,000 more service requests, half of the changes folded."""
    for _app in in_context(city):
        connection = db.session.connection()
        copies(connection, long=0.5, lat=0.5, number=2_100, step=0.000_002)
        db.session.commit()
        fold_grid()
        connection = db.session.connection()
        copies(connection, long=0.5005, lat=0.5, number=400, step=0.000_01, status="closed")
        copies(connection, long=-0.5, lat=0.5, number=100, step=0.003)
        statement = "UPDATE service_requests SET expected_datetime = now() - interval '1 day' "
        db.session.execute(text(f"{statement} WHERE pk % 3 = 0"))
        db.session.commit()
        db.session.remove()
    return city


def tile_of(zoom: int, long: float, lat: float) -> tuple[int, int, int]:
    side = 1 << zoom
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side
    return zoom, int(row), int((long + 180) / 360 * side)


COUNTED = """
    SELECT count(*) AS point_count, count(*) FILTER (WHERE status = 'open') AS open_count,
        count(*) FILTER (WHERE status = 'closed') AS closed_count,
        count(*) FILTER (WHERE status = 'open' AND waits_since IS NULL
            AND expected_datetime < now()) AS overdue_count
    FROM service_requests JOIN services ON services.id = service_id
    WHERE public AND NOT sandbox AND withdrawn_at IS NULL
      AND ST_X(location) >= %(west)s AND ST_X(location) < %(east)s
      AND ST_Y(location) > %(south)s AND ST_Y(location) <= %(north)s
"""


def in_table(city: str, tile: tuple[int, int, int], condition: str) -> Counter[str]:
    zoom, row, column = tile
    side = 1 << zoom
    north, south = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * one / side)))) for one in (row, row + 1)
    )
    west, east = (one / side * 360 - 180 for one in (column, column + 1))
    box = {"west": west, "east": east, "south": south, "north": north}
    with psycopg.connect(city, row_factory=psycopg.rows.dict_row) as connection:
        found = connection.execute(f"{COUNTED} AND {condition}", box).fetchone()
    assert found is not None
    return Counter({name: int(number) for name, number in found.items()})


def in_tile(shown: list[dict[str, Any]]) -> Counter[str]:
    """Add up what is inside of a tile, without its margin."""
    total: Counter[str] = Counter()
    for one in shown:
        point = shapely.from_wkb(one["geometry"])
        if not (0 <= point.x < 4096 and 0 <= point.y < 4096):
            continue
        if "point_count" not in one:
            overdue, opened = bool(one["overdue"]), one["status"] == "open"
            total.update(
                point_count=1, open_count=opened, closed_count=not opened, overdue_count=overdue
            )
        else:
            total.update({name: int(one[name]) for name in one if name.endswith("_count")})
    return total


PLACES = {"crowd": (0.5, 0.5), "sparse": (-0.47, 0.5)}
ASKED = {
    "": "true",
    "?status=open": "status = 'open'",
    "?status=closed&service_code=POTHOLE": "status = 'closed' AND service_code = 'POTHOLE'",
    "?service_code=POTHOLE&service_code=LAMP": "service_code IN ('POTHOLE', 'LAMP')",
    "?service_code=NONE": "false",
    "?agency_responsible=East Yard": "department_id IN (SELECT id FROM departments "
    "WHERE name = 'East Yard')",
    "?filter=status='open'": "status = 'open'",
}


@pytest.mark.parametrize("zoom", [0, 3, 6, 9, 10, 12, 13, 14, 15, 16])
def test_a_tile_has_the_totals_of_the_table(
    crowd: str, everyone: Client, tmp_path: Path, zoom: int
) -> None:
    most = Counter[str]()
    for place in PLACES.values():
        tile = tile_of(zoom, *place)
        path = f"requests/{QUAD}/{'/'.join(map(str, tile))}"
        for asked, condition in ASKED.items():
            shown = in_tile(features(everyone, f"{path}{asked}", tmp_path))
            expected = in_table(crowd, tile, condition)
            assert shown == expected, (place, asked)
            most |= expected
    assert min(most.values()) > 0
    assert most["point_count"] > 2_000


@pytest.mark.parametrize("zoom", [0, 2, 8, 12, 13, 15])
def test_rings_of_the_workspace_have_the_totals_of_the_table(
    crowd: str, tmp_path: Path, zoom: int
) -> None:
    """There are fewer of them, each with its shares."""
    place = tile_of(zoom, *PLACES["crowd"])
    searches = {
        "true": Criteria(),
        "status = 'open'": Criteria(statuses=("open",)),
        "expected_datetime < now() AND status = 'open' AND waits_since IS NULL": Criteria(
            overdue=True
        ),
    }
    for _app in in_context(crowd):
        source = get_source(get_jurisdiction("gridtown.example"), REQUESTS, ALWAYS, staff=False)
        for condition, criteria in searches.items():
            made, dots = (
                make_tile(source, REQUESTS, Wanted(criteria=criteria), Tile(*place), clustering=one)
                for one in (RINGS, DOTS)
            )
            shown = read_tile(made, tmp_path)
            assert in_tile(shown) == in_table(crowd, place, condition), condition
            assert 0 < len(shown) <= len(read_tile(dots, tmp_path))
        if zoom in (2, 15):
            assert len(shown) <= (RINGS.cells + 2) ** 2


def test_large_groups_are_those_rings(crowd: str, everyone: Client, tmp_path: Path) -> None:
    tile = tile_of(15, *PLACES["crowd"])
    path = f"requests/{QUAD}/{'/'.join(map(str, tile))}"
    small, large = (
        features(everyone, f"{path}?groups={groups}", tmp_path) for groups in ("small", "large")
    )
    assert in_tile(large) == in_tile(small) == in_table(crowd, tile, "true")
    assert 0 < len(large) < len(small)


@pytest.mark.parametrize("zoom", [13, 14, 15, 18])
def test_a_tile_with_many_service_requests_shows_clusters_at_every_zoom(
    crowd: str, everyone: Client, tmp_path: Path, zoom: int
) -> None:
    """The first 2,100 lie within 0.0042 degrees of longitude, and the sparse ones alone."""
    path = f"requests/{QUAD}/{'/'.join(map(str, tile_of(zoom, 0.5, 0.5)))}"
    shown = features(everyone, path, tmp_path)
    number = sum(one.get("point_count", 1) for one in shown)
    assert (len(shown) < number) == (number > 2_000)
    assert number > 2_000 or zoom > 15
    assert len(shown) <= 2_000
    alone = features(everyone, f"requests/{QUAD}/14/8169/8170", tmp_path)
    assert {"id", "status"} <= set().union(*alone)


@pytest.mark.parametrize(
    ("zoom", "place"), [(0, "crowd"), (9, "crowd"), (12, "sparse"), (14, "crowd"), (15, "crowd")]
)
def test_kept_totals_are_drawn_like_counted_ones(
    crowd: str, everyone: Client, staff: Client, tmp_path: Path, zoom: int, place: str
) -> None:
    """A filter that all match has no kept totals."""
    path = f"requests/{QUAD}/{'/'.join(map(str, tile_of(zoom, *PLACES[place])))}"
    for client in (everyone, staff):
        kept, counted = (
            sorted(by_place(features(client, f"{path}{asked}", tmp_path)))
            for asked in ("", "?filter=status <> 'none'")
        )
        assert kept == counted
        assert {count == 1 for _x, _y, count, *_rest in kept} == {place == "sparse"} or zoom < 12


def by_place(shown: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    names = ("open_count", "closed_count", "overdue_count", "age_days", "id")
    for one in shown:
        point = shapely.from_wkb(one["geometry"])
        yield point.x, point.y, one["point_count"], *(str(one.get(name)) for name in names)


def test_the_age_of_a_cluster_is_the_mean(
    crowd: str, everyone: Client, staff: Client, tmp_path: Path
) -> None:
    path = f"requests/{QUAD}/0/0/0"
    seen, public = (features(one, path, tmp_path) for one in (staff, everyone))
    assert sum(one["point_count"] for one in seen) > sum(one["point_count"] for one in public)
    assert not any("age_days" in one for one in public)
    [group] = (one for one in seen if one["point_count"] > 2_000)
    with psycopg.connect(crowd) as connection:
        [days] = connection.execute(
            "SELECT extract(epoch FROM now() - coalesce(submitted_at, requested_datetime)) / 86400 "
            "FROM service_requests WHERE service_request_id ~ '^C' LIMIT 1"
        ).fetchone() or [0]
    assert abs(group["age_days"] - days) < 1.1  # nearly all are copies of one
