"""A real city's maps of two vintages, and points whose boundaries it recorded itself."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from applications import at_hand
from flask import Flask
from settings import settings_for
from sqlalchemy import Float, String, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from local.washington import recorded_requests, write_seed_folder
from open311.app import create_app
from open311.database import db, lift_time_limit
from open311.models import Boundary, BoundaryLayer, BoundarySet
from open311.queries.maps.sets import Maps, counts
from tests.city.test_federal_land import ON_FEDERAL_LAND, on_federal_land

IN_2016 = date(2016, 7, 8)
IN_2011 = date(2011, 7, 8)
SETS = (  # layer, file, field of the code, first day
    ("ward", "wards_2012.geojson", "ward", "2012-01-01"),
    ("ward", "wards_2002.geojson", "ward", "2002-01-01"),
    ("anc", "anc_2013.geojson", "anc", "2013-01-01"),
    ("anc", "anc_2002.geojson", "anc", "2002-01-01"),
    ("police_district", "police_districts.geojson", "district", None),
    ("psa", "police_service_areas.geojson", "psa", None),
    ("cluster", "neighborhood_clusters.geojson", "cluster", None),
    ("park", "parks_nps.geojson", "id", None),
)
NONE = "NONE"
"""What the city recorded for a point outside all boundaries of a layer."""

pytestmark = [pytest.mark.city, pytest.mark.long]

Points = list[tuple[str, float, float]]


@pytest.fixture(scope="module")
def maps_app(
    city_data: Path,
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The city with all these sets, the younger ones imported first."""
    folder = tmp_path_factory.mktemp("maps")
    database = fresh_database(empty)
    write_seed_folder(city_data, folder)
    run_command(database, "seed", str(folder))
    for layer, file, field, first in SETS:
        options = ["--layer", layer, "--code-field", field, "--commit", "--leave-out"]
        begin = ["--from", first] if first else []
        if layer == "park":
            options += ["--override", "overlaps"]
        source = str(city_data / "dc" / file)
        run_command(database, "boundaries", "import", source, *options, *begin)
    app = create_app(settings_for(database))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def found(layer: str, on: date, points: Points) -> dict[str, set[str]]:
    """Give the codes of the boundaries of a layer that cover each point, by the maps of a day."""
    names, lats, longs = (list(column) for column in zip(*points, strict=True))
    sent = (
        func.unnest(
            literal(names, ARRAY(String)), literal(lats, ARRAY(Float)), literal(longs, ARRAY(Float))
        )
        .table_valued(column("name", String), column("lat", Float), column("long", Float))
        .render_derived("sent")
    )
    place = func.ST_SetSRID(func.ST_MakePoint(sent.c.long, sent.c.lat), 4326)
    statement = (
        select(sent.c.name, Boundary.code)
        .select_from(Boundary)
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .join(sent, func.ST_Intersects(Boundary.geometry, place))
        .where(BoundaryLayer.code == layer, counts(Maps(on)))
    )
    codes: dict[str, set[str]] = {}
    lift_time_limit()  # one statement for thousands of places, which no page sends
    for row in db.session.execute(statement):
        codes.setdefault(row.name, set()).add(row.code)
    return codes


def agreement(layer: str, on: date, recorded: list[tuple[str, float, float, str]]) -> float:
    """Return the share of points in the recorded boundary, or outside all as recorded."""
    codes = found(layer, on, [(name, lat, long) for name, lat, long, _ in recorded])
    agree = (code in codes.get(name, {NONE}) for name, _, _, code in recorded)
    return sum(agree) / len(recorded)


def truth(data: Path, name: str) -> list[tuple[str, float, float, str]]:
    with (data / "dc/dc_multilayer_truth_points.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (str(number), float(row["lat"]), float(row["lon"]), row[name])
        for number, row in enumerate(rows)
        if row["lat"] and row["lon"] and row[name]
    ]


@pytest.mark.parametrize(
    ("layer", "name", "on", "least"),
    [
        ("ward", "ward", IN_2016, 0.99),
        ("anc", "anc_2013", IN_2016, 0.99),
        ("anc", "anc_2002", IN_2011, 0.994),
        ("police_district", "police_district", IN_2016, 0.99),
        ("psa", "psa", IN_2016, 0.975),  # many are the middles of blocks
        ("cluster", "cluster", IN_2016, 0.999),
    ],
)
def test_points_lie_where_the_city_says(
    maps_app: Flask,
    city_data: Path,
    figure: Callable[[str, object], None],
    layer: str,
    name: str,
    on: date,
    least: float,
) -> None:
    recorded = truth(city_data, name)
    share = agreement(layer, on, recorded)
    figure(f"{name} of the truth points, in {on.year}", f"{share:.2%} of {len(recorded):,}")
    assert share >= least


def test_the_date_picks_the_map(
    maps_app: Flask, city_data: Path, figure: Callable[[str, object], None]
) -> None:
    recorded = [
        (str(row.number), float(row.lat), float(row.long), row.ward)
        for row in recorded_requests(city_data)
        if row.lat and row.ward
    ]
    right, wrong = (agreement("ward", on, recorded) for on in (IN_2016, IN_2011))
    figure("ward of the requests, by the maps of 2016 and 2011", f"{right:.2%} and {wrong:.2%}")
    assert right >= 0.9984
    assert round(wrong, 4) <= 0.97


@pytest.mark.parametrize("files", [SETS[:2], SETS[1::-1]], ids=["younger first", "older first"])
def test_the_two_ward_maps_are_published_in_either_order(
    city_data: Path,
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path: Path,
    files: tuple[tuple[str, str, str, str], ...],
) -> None:
    database = fresh_database(empty)
    write_seed_folder(city_data, tmp_path)
    run_command(database, "seed", str(tmp_path))
    for layer, file, field, first in files:
        options = ["--layer", layer, "--code-field", field, "--from", first, "--commit"]
        run_command(database, "boundaries", "import", str(city_data / "dc" / file), *options)
    points = truth(city_data, "ward")
    with at_hand(database):
        rows = db.session.execute(
            select(BoundarySet.source, BoundarySet.in_force_from, BoundarySet.in_force_until)
        )
        days = {Path(row.source).name: (row.in_force_from, row.in_force_until) for row in rows}
        right, wrong = (agreement("ward", on, points) for on in (IN_2016, IN_2011))
    assert days == {
        "wards_2002.geojson": (date(2002, 1, 1), date(2012, 1, 1)),
        "wards_2012.geojson": (date(2012, 1, 1), None),
    }
    assert right >= 0.99
    assert wrong < right


def test_federal_land_is_hit_where_the_data_says(maps_app: Flask, city_data: Path) -> None:
    """112 of the requests are on land of the National Park Service, some of it in two parks."""
    rows = [row for row in recorded_requests(city_data) if row.lat]
    federal = on_federal_land(city_data, rows)
    points = [(str(row.number), float(row.lat), float(row.long)) for row in rows]
    assert {int(name) for name in found("park", IN_2016, points)} == federal
    assert len(federal) == ON_FEDERAL_LAND
