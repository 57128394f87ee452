"""What is next to a place, and what is likely wrong with one outside."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.doubts import OutsideFacts, likely_mistake, places_like
from geo.coordinates import Point
from geo.routing.borders import (
    Neighbor,
    as_neighbor,
    hits_with_nearest,
    is_accepted,
    moved_into,
    settle_neighbors,
    within,
)
from geo.routing.decide import list_others, settle_borders
from geo.routing.rules import Hit

LAYERS = {"ward": 2, "core": 1, "zone": 3}
OVERLAPPING = "zone"


def hit(layer: str, number: int, *, on_edge: bool = False) -> Hit:
    rank = LAYERS[layer]
    overlapping = layer == OVERLAPPING
    return Hit(layer, rank, 100 * rank + number, str(number), "", rank, overlapping, on_edge)


def neighbor(layer: str, number: int, meters: float) -> Neighbor:
    return as_neighbor(hit(layer, number), meters)


hits = st.lists(
    st.builds(hit, st.sampled_from(list(LAYERS)), st.integers(1, 12), on_edge=st.booleans()),
    max_size=6,
    unique_by=lambda one: one.boundary_id,
)
nearest = st.lists(
    st.builds(
        neighbor, st.sampled_from(list(LAYERS)), st.integers(1, 12), st.sampled_from([0.0, 1, 9])
    ),
    max_size=8,
    unique_by=lambda one: one.boundary_id,
)


@given(hits, nearest)
def test_the_neighbor_of_a_layer_is_the_nearest_boundary_that_does_not_count(
    covering: list[Hit], others: list[Neighbor]
) -> None:
    first = {one.layer: one for one in settle_borders(covering)}
    counted = {
        one.boundary_id
        for one in covering
        if one == first[one.layer]
        or one.layer == OVERLAPPING
        or not (one.on_edge or first[one.layer].on_edge)
    }
    assert {one.boundary_id for one in (*first.values(), *list_others(covering))} == counted
    meters = {one.boundary_id: one.meters for one in others}
    meters |= {one.boundary_id: 0 for one in covering}
    settled = settle_neighbors(covering, others)
    layers = {one.layer for one in settled}
    assert [one.layer for one in settled] == sorted(layers, key=lambda layer: LAYERS[layer])
    for layer, position in LAYERS.items():
        able = [
            (distance, id_)
            for id_, distance in meters.items()
            if id_ // 100 == position and id_ not in counted
        ]
        found = [(one.meters, one.boundary_id) for one in settled if one.layer == layer]
        assert found == sorted(able)[:1]


def test_near_is_what_is_nearer_than_the_place_is_accurate() -> None:
    others = [neighbor("core", 1, 10), neighbor("ward", 1, 9.9)]
    assert within(others, 10) == others[1:]


def test_a_place_moved_into_its_neighbor_keeps_the_other_layers() -> None:
    covering = [hit("core", 1), hit("ward", 2)]
    assert moved_into(covering, neighbor("ward", 3, 4)) == [hit("core", 1), hit("ward", 3)]


def test_a_place_moved_into_an_overlapping_boundary_stays_in_the_others() -> None:
    moved = moved_into([hit("zone", 1)], neighbor("zone", 3, 4))
    assert moved == [hit("zone", 1), hit("zone", 3)]


@pytest.mark.parametrize(("meters", "accepted"), [(9.999, True), (10, False), (10.001, False)])
def test_outside_by_less_than_the_tolerance_is_accepted(meters: float, accepted: bool) -> None:
    assert is_accepted(meters, 10) == accepted


def test_little_outside_the_nearest_boundary_of_each_empty_layer_counts() -> None:
    others = [neighbor("core", 1, 12), neighbor("ward", 2, 1), neighbor("zone", 4, 20)]
    found = hits_with_nearest([hit("ward", 1)], others, 5)
    assert found == [hit("ward", 1), hit("core", 1)]


NOWHERE = OutsideFacts(exchanged=False, mirrored=False, upside_down=False, meters=123_456)
PLACE = Point(lat=-82.6, long=39.7)


@pytest.mark.parametrize(
    ("point", "facts", "words"),
    [
        (PLACE, {"exchanged": True}, "appear to be swapped"),
        (PLACE, {"mirrored": True}, "long appears to have the wrong sign"),
        (PLACE, {"upside_down": True}, "lat appears to have the wrong sign"),
        (PLACE, {"exchanged": True, "mirrored": True}, "swapped"),
        (Point(lat=0, long=0), {}, "both 0"),
    ],
)
def test_what_is_likely_wrong_is_said(point: Point, facts: dict, words: str) -> None:
    assert words in likely_mistake(point, OutsideFacts(**{**vars(NOWHERE), **facts}))


@pytest.mark.parametrize("point", [PLACE, Point(lat=0, long=1)])
def test_where_nothing_is_likely_wrong_nothing_is_said(point: Point) -> None:
    assert likely_mistake(point, NOWHERE) is None


@pytest.mark.parametrize(
    ("meters", "units", "words"),
    [(123_456, "metric", "123 km"), (0.01, "metric", "1 m"), (0, "us", "3 ft")],
)
def test_what_is_outside_is_at_least_a_meter_away(meters: float, units: str, words: str) -> None:
    assert replace(NOWHERE, meters=meters).outside_by(units) == words


def test_a_longitude_that_is_no_latitude_is_not_exchanged() -> None:
    far = Point(lat=10, long=120)
    assert places_like(far)[0] == far
    assert places_like(PLACE)[0] == Point(lat=39.7, long=-82.6)
