"""Open requests close to a place, which a resident may be about to repeat."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from stored_requests import store_request

from geo.coordinates import Point
from open311.database import db
from open311.models import Media, ReceivedUpdate
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.likely_duplicates import LikelyDuplicate, list_likely_duplicates

PLACE = Point(lat=0.5, long=0.5)
METERS = 1 / 110_574  # degrees of latitude; next to the equator, those of longitude are as long


@pytest.fixture
def near(app: Flask) -> Callable[..., list[LikelyDuplicate]]:
    """Return a function that lists requests for service 0042 within 50 m."""
    service_id = get_service("gridtown.example", "0042").id

    def read(within: float = 50, point: Point = PLACE) -> list[LikelyDuplicate]:
        db.session.commit()
        town = get_jurisdiction(None).at("https://city.example")
        return list_likely_duplicates(town, service_id, point, datetime.now(UTC), within=within)

    return read


def names(found: list[LikelyDuplicate]) -> list[str]:
    return [one.service_request_id for one in found]


def store(name: str, *, north: float = 0, east: float = 0, **different: object) -> int:
    """Store a request so many meters north and east of the place."""
    place = {"lat": PLACE.lat + north * METERS, "long": PLACE.long + east * METERS}
    return store_request(name, "0042", **place, **different)


def test_the_nearest_three_are_listed_nearest_first(
    near: Callable[..., list[LikelyDuplicate]],
) -> None:
    for meters in (40, 10, 30, 20):
        store(f"at-{meters}", north=meters)
    store("far", north=60)
    found = near()
    assert names(found) == ["at-10", "at-20", "at-30"]
    assert [one.meters for one in found] == pytest.approx([10, 20, 30], rel=0.01)
    assert names(near(within=15)) == ["at-10"]
    assert names(near(within=5)) == []


def test_equally_near_ones_are_in_the_order_in_which_they_were_stored(
    near: Callable[..., list[LikelyDuplicate]],
) -> None:
    for name in ("c", "a", "b", "d"):
        store(name, north=10)
    assert names(near()) == ["c", "a", "b"]


def test_each_says_what_a_resident_compares(near: Callable[..., list[LikelyDuplicate]]) -> None:
    store("one", east=20, days=3, detailed_status="planned", description="Deep hole")
    [one] = near()
    assert (one.description, one.status, one.direction) == ("Deep hole", "planned", "E")
    assert one.thumbnail_url is None
    assert (one.lat, one.long) == pytest.approx((0.5, 0.5 + 20 * METERS))
    assert one.age.days == 3
    assert one.requested_datetime < datetime.now(UTC) - timedelta(days=3)


@pytest.mark.parametrize("number", range(8))
def test_the_direction_is_seen_from_the_place(
    near: Callable[..., list[LikelyDuplicate]], number: int
) -> None:
    angle = math.radians(number * 45)
    store("one", north=30 * math.cos(angle), east=30 * math.sin(angle))
    [one] = near()
    assert one.direction == ("N", "NE", "E", "SE", "S", "SW", "W", "NW")[number]


def test_the_very_place_has_no_direction(near: Callable[..., list[LikelyDuplicate]]) -> None:
    store("one")
    [one] = near()
    assert (one.meters, one.direction) == (0, None)


@pytest.mark.parametrize(
    "different",
    [
        {"took": 1, "days": 2},
        {"public": False},
        {"sandbox": True},
        {"withdrawn_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"days": 91},
    ],
    ids=["closed", "not public", "sandbox", "withdrawn", "old"],
)
def test_only_open_public_requests_of_the_past_ninety_days_are_listed(
    near: Callable[..., list[LikelyDuplicate]], different: dict[str, object]
) -> None:
    store("other", **different)
    store("this", north=20, days=89)
    assert names(near()) == ["this"]


def test_other_services_and_known_duplicates_are_left_out(
    near: Callable[..., list[LikelyDuplicate]],
) -> None:
    original = store("original", north=20)
    store("known", duplicate_of=original)
    store_request("other", "SURVEY")
    assert names(near()) == ["original"]


def test_across_the_antimeridian(near: Callable[..., list[LikelyDuplicate]]) -> None:
    store_request("beyond", "0042", long=-179.9999)
    [one] = near(point=Point(lat=0.5, long=179.9999))
    assert (one.service_request_id, one.direction) == ("beyond", "E")


def test_the_thumbnail_is_that_of_the_first_photo_that_came_with_it(
    near: Callable[..., list[LikelyDuplicate]],
) -> None:
    pk = store("one")
    db.session.execute(text(UPDATE), {"pk": pk})
    update_id = db.session.scalar(select(ReceivedUpdate.id))
    photo = {"service_request_pk": pk, "width": 4, "height": 3, "size": 9}
    link = {"service_request_pk": pk, "url": "https://elsewhere.example/x"}
    db.session.add(Media(position=0, name=f"{'c' * 32}.jpg", received_update_id=update_id, **photo))
    db.session.add(Media(position=1, **link))
    [one] = near()
    assert one.thumbnail_url is None  # nothing is loaded from other servers, or not yet approved
    for position, letter in ((2, "b"), (3, "a")):
        db.session.add(Media(position=position, name=f"{letter * 32}.jpg", **photo))
    [one] = near()
    assert one.thumbnail_url == f"https://city.example/open311/media/{'b' * 32}-small.jpg"


UPDATE = """
    INSERT INTO received_updates (
        service_request_pk, token, description, sent_at, received_at, update_id, by_city, claims
    ) VALUES (:pk, 'token', '', now(), now(), '1', false, false)
"""
