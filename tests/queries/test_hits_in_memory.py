"""Boundaries found in memory are those that PostGIS finds, on the borders above all."""

import json
import math
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from applications import in_context
from flask import Flask
from geoalchemy2.shape import to_shape
from many_places import list_hits_of_many, list_nearest_of_many
from sampled_distance import sampled_distance
from servers import ROOT
from shapely.geometry import shape
from sqlalchemy import select, text

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary, Feature, clean_boundaries
from geo.routing.borders import Neighbor
from geo.routing.map_sets import DatedMaps, DayMaps, MapBoundary, MapSet, covering, nearest
from open311.database import db
from open311.models import Boundary, BoundaryLayer, BoundarySet
from open311.operations.imports.seed import load_seed_data
from open311.operations.maps.sets import import_boundaries
from open311.queries.maps.sets import Maps
from open311.queries.routing.hits import list_hits
from open311.queries.routing.nearest import list_nearest
from open311.seed_folder.read import read_seed_folder
from open311.steps.values.boundary_sets import NewBoundarySet

DAY = date(2026, 11, 29)
AS_STORED = Maps(DAY)
DATA = ROOT.parent / "shared/data"
NEAR = 10  # meters
TOLERANCE = 0.005  # meters, up to 1 km
SHARE = 1e-5  # of the distance, farther away
EXACT = 0.0001  # meters
HAIRS = (1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9)  # degrees

WITHOUT_MAPS = "hilltown.example"
"""The city whose layers are real ones, where their data is present."""
SEEDS = ("gridtown.example", "ci.lancaster.oh.us")
REAL = {"ward": ("dc/wards_2012.geojson", "ward"), "park": ("dc/parks_dpr.geojson", "propid")}


@pytest.fixture(scope="module")
def cities(fresh_database: Callable[[str], str], two_towns: str) -> Iterator[Flask]:
    """The cities of the tests, that of the seed folder, and real boundaries if there are any."""
    for app in in_context(fresh_database(two_towns)):
        load_seed_data(read_seed_folder(ROOT / "seed_data/lancaster"))
        if DATA.is_dir():
            for layer, (file, field) in REAL.items():
                boundaries = real_boundaries(DATA / file, field)
                new = {"jurisdiction_id": WITHOUT_MAPS, "layer": layer, "source": file}
                import_boundaries(NewBoundarySet(**new, boundaries=boundaries))
        db.session.execute(text("ANALYZE"))  # otherwise the plans for so many edges take seconds
        yield app


def real_boundaries(path: Path, field: str) -> list[CleanBoundary]:
    features = json.loads(path.read_text())["features"]
    return clean_boundaries(
        Feature(number, str(one["properties"].get(field, number)), "", shape(one["geometry"]))
        for number, one in enumerate(features, start=1)
    )[0]


def maps_of(jurisdiction_id: str) -> DayMaps:
    """Read what a loader reads: the published sets with their boundaries."""
    statement = (
        select(BoundarySet, BoundaryLayer)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
    )
    sets = [
        MapSet(
            set_id=stored.id,
            layer=layer.code,
            layer_id=layer.id,
            layer_position=layer.position,
            in_force_from=stored.in_force_from,
            in_force_until=stored.in_force_until,
            boundaries=boundaries_of(stored.id),
        )
        for stored, layer in db.session.execute(statement)
    ]
    return DatedMaps(tuple(sets)).on(DAY)


def boundaries_of(set_id: int) -> tuple[MapBoundary, ...]:
    statement = select(Boundary).where(Boundary.set_id == set_id).order_by(Boundary.position)
    return tuple(
        MapBoundary(
            boundary_id=one.id,
            code=one.code,
            name=one.name,
            position=one.position,
            geometry=to_shape(one.geometry),
        )
        for one in db.session.scalars(statement)
    )


def places(maps: DayMaps, most: int) -> list[Point]:
    """Choose places anywhere, on vertices, on segments, and a hair beside them."""
    random = np.random.default_rng(14)
    lowest, highest = np.array(shapely.total_bounds(maps.areas)).reshape(2, 2)
    margin = (highest - lowest) / 10
    anywhere = random.uniform(lowest - margin, highest + margin, (most // 2, 2))
    rings = shapely.get_parts(shapely.boundary(list(maps.areas)))
    pairs, ring = shapely.get_coordinates(rings, return_index=True)
    vertices = random.permutation(np.unique(pairs, axis=0))[:most]
    starts = random.permutation(np.flatnonzero(ring[1:] == ring[:-1]))[: most // 2]
    shares = random.choice([0.25, 0.5, 1 / 3], (len(starts), 1))
    on_lines = pairs[starts] + shares * (pairs[starts + 1] - pairs[starts])
    on_edges = np.concatenate([vertices, on_lines])
    hairs = random.choice(HAIRS, (len(on_edges), 1)) * random.uniform(-1, 1, on_edges.shape)
    beside = np.nextafter(on_edges, random.choice([-math.inf, math.inf], on_edges.shape))
    found = np.concatenate([anywhere, on_edges, beside, on_edges + hairs])
    return [Point(lat=lat, long=long) for long, lat in found.tolist()]


@pytest.mark.parametrize("jurisdiction_id", [*SEEDS, WITHOUT_MAPS])
def test_the_same_boundaries_cover_a_place(cities: Flask, jurisdiction_id: str) -> None:
    maps = maps_of(jurisdiction_id)
    if not maps.areas:
        pytest.skip("the real cities' data (../shared/data) is not on this machine")
    points = places(maps, most=1000 if jurisdiction_id in SEEDS else 300)
    stored = list_hits_of_many(jurisdiction_id, points, AS_STORED)
    assert [covering(maps, point) for point in points] == stored
    assert len({len(hits) for hits in stored}) > 2  # none, one, and several


@pytest.mark.parametrize("jurisdiction_id", [*SEEDS, WITHOUT_MAPS])
def test_the_same_boundaries_are_nearest(cities: Flask, jurisdiction_id: str) -> None:
    """PostGIS misses the nearest place of a line at times: then dense samples decide."""
    maps = maps_of(jurisdiction_id)
    if not maps.areas:
        pytest.skip("the real cities' data (../shared/data) is not on this machine")
    points = places(maps, most=60)
    hits = [covering(maps, point) for point in points]
    stored = list_nearest_of_many(jurisdiction_id, points, AS_STORED, hits)
    unlike = 0
    for point, taken, expected in zip(points, hits, stored, strict=True):
        found = nearest(maps, point, taken)
        assert [one.layer_id for one in found] == [one.layer_id for one in expected]
        for one, other in zip(found, expected, strict=True):
            assert (one.meters < NEAR) == (other.meters < NEAR)
            if not alike(one, other):
                unlike += 1
                assert one.meters == pytest.approx(sampled(maps, one, point), abs=EXACT)
                assert one.meters < sampled(maps, other, point) + EXACT
    assert unlike < len(points) / 30


def alike(one: Neighbor, other: Neighbor) -> bool:
    tolerance = max(TOLERANCE, SHARE * one.meters if one.meters > 1000 else 0)
    near = abs(one.meters - other.meters) < tolerance
    return near and one.boundary_id == other.boundary_id


def sampled(maps: DayMaps, neighbor: Neighbor, point: Point) -> float:
    return sampled_distance(maps.areas[maps.numbers[neighbor.boundary_id]], point)


@pytest.mark.parametrize("jurisdiction_id", SEEDS)
def test_one_place_is_as_in_the_statements_for_one(cities: Flask, jurisdiction_id: str) -> None:
    maps = maps_of(jurisdiction_id)
    for point in places(maps, most=12):
        hits = covering(maps, point)
        assert hits == list_hits(jurisdiction_id, point, AS_STORED)
        found = nearest(maps, point, hits)
        stored = list_nearest(jurisdiction_id, point, AS_STORED, hits)
        assert [(one.layer, one.layer_position) for one in found] == [
            (one.layer, one.layer_position) for one in stored
        ]
