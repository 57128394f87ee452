"""Which boundaries cover a place: PostGIS against shapely, in every odd case that can be drawn."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
import shapely
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from many_places import list_hits_of_many, list_nearest_of_many
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.coordinates import Point
from geo.errors import InvalidGeometry
from geo.maps.boundaries import CleanBoundary, to_multipolygon
from geo.routing.decide import settle_borders
from geo.routing.rules import Hit
from open311.database import db
from open311.queries.maps.sets import Maps
from open311.queries.routing.hits import list_hits
from open311.queries.routing.nearest import list_nearest
from open311.steps.maps.sets import store_published_set
from open311.steps.values.boundary_sets import NewBoundarySet
from schemas.vocabulary.days import SINCE_EVER

TOWN = "gridtown.example"
TODAY = date(2026, 11, 25)
ELLIPSOID = Geod(ellps="WGS84")

boxes = st.tuples(
    st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4), st.booleans()
)
shapes = st.lists(boxes, min_size=1, max_size=3)
sets_of_shapes = st.lists(shapes, min_size=1, max_size=4)
# Where the drawing begins: in the middle, at the antimeridian from either side, at the pole.
corners = st.sampled_from([(0, 0), (170, 0), (-180, -5), (0, 80)])


def draw(parts: list[tuple[int, int, int, int, bool]], x0: int, y0: int) -> BaseGeometry:
    """Draw boxes, some with a hole in the middle, as one area."""
    drawn = []
    for x, y, width, height, has_hole in parts:
        outline = box(x0 + x, y0 + y, x0 + x + width, y0 + y + height)
        hole = box(x0 + x + 0.25, y0 + y + 0.25, x0 + x + 0.75, y0 + y + 0.75)
        drawn.append(Polygon(outline.exterior, [hole.exterior]) if has_hole else outline)
    return shapely.union_all(drawn)


def places(x0: int, y0: int) -> list[Point]:
    """Give places in areas, on edges, on vertices, in holes and outside."""
    steps = np.arange(0, 10.1, 0.625)
    return [
        Point(lat=float(y0 + y), long=float(x0 + x)) for x in steps for y in steps if y0 + y <= 90
    ]


@settings(max_examples=16, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sets_of_shapes, corners)
def test_a_place_lies_in_all_that_covers_it_and_counts_for_the_first(
    shared_app: Flask, drawn: list[list[tuple[int, int, int, int, bool]]], corner: tuple[int, int]
) -> None:
    boundaries = []
    for number, parts in enumerate(drawn, start=1):
        try:
            area, _repair = to_multipolygon(draw(parts, *corner))
        except InvalidGeometry:
            continue
        boundaries.append(CleanBoundary(str(number), "", area))
    new = NewBoundarySet(
        jurisdiction_id=TOWN,
        layer="oracle",
        boundaries=boundaries,
        source="drawn",
        in_force_from=SINCE_EVER,
    )
    if not boundaries:
        return
    store_published_set(new)
    try:
        drawn_places = places(*corner)
        together = list_hits_of_many(TOWN, drawn_places, Maps(TODAY))
        for place, hits in zip(drawn_places, together, strict=True):
            _check(place, hits, boundaries)
        for number in range(0, len(drawn_places), 11):  # neither a row nor a column of the drawing
            assert together[number] == list_hits(TOWN, drawn_places[number], Maps(TODAY))
    finally:
        db.session.rollback()


def _check(place: Point, all_hits: Sequence[Hit], boundaries: list[CleanBoundary]) -> None:
    point = shapely.Point(place.long, place.lat)
    expected = [one.code for one in boundaries if one.geometry.covers(point)]
    hits = [hit for hit in all_hits if hit.layer == "oracle"]
    assert [hit.code for hit in hits] == expected
    assert [hit.code for hit in settle_borders(hits)] == expected[:1]


def test_the_nearest_other_boundary_is_as_far_as_on_the_ground(shared_app: Flask) -> None:
    """Against points sampled densely on the outlines, on a curved earth."""
    areas = {"1": box(-82.7, 39.6, -82.6, 39.8), "2": box(-82.6, 39.6, -82.5, 39.8)}
    boundaries = [CleanBoundary(code, "", MultiPolygon([area])) for code, area in areas.items()]
    new = NewBoundarySet(
        jurisdiction_id=TOWN,
        layer="measured",
        boundaries=boundaries,
        source="drawn",
        in_force_from=SINCE_EVER,
    )
    store_published_set(new)
    try:
        spots = [(39.7, -82.61), (39.61, -82.699), (39.79, -82.6001), (39.9, -82.55)]
        points = [Point(lat=lat, long=long) for lat, long in spots]
        alone = [list_hits(TOWN, place, Maps(TODAY)) for place in points]
        together = list_nearest_of_many(TOWN, points, Maps(TODAY), alone)
        for place, hits, near_it in zip(points, alone, together, strict=True):
            assert near_it == list_nearest(TOWN, place, Maps(TODAY), hits)
        for lat, long in spots:
            place = Point(lat=lat, long=long)
            hits = list_hits(TOWN, place, Maps(TODAY))
            [near] = [
                one
                for one in list_nearest(TOWN, place, Maps(TODAY), hits)
                if one.layer == "measured"
            ]
            outline = shapely.segmentize(areas[near.code].exterior, 1e-5)
            xs, ys = shapely.get_coordinates(outline).T
            _, _, meters = ELLIPSOID.inv(np.full_like(xs, long), np.full_like(ys, lat), xs, ys)
            assert near.meters == pytest.approx(meters.min(), abs=0.6)
    finally:
        db.session.rollback()
