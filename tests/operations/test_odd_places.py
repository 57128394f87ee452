"""Places outside a city that has neither the equator nor the prime meridian in it."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from shapely.geometry import MultiPolygon, box

from geo.coordinates import Point
from open311.errors import OutsideServiceArea
from open311.operations.maps.sets import import_service_area
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.decide import RoutingCase, route

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LANCASTER = MultiPolygon([box(-82.7, 39.6, -82.5, 39.8)])


@pytest.mark.parametrize(
    ("lat", "long", "words"),
    [
        (-82.6, 39.7, "swapped"),
        (39.7, 82.6, "long appears to have the wrong sign"),
        (-39.7, -82.6, "lat appears to have the wrong sign"),
        (0, 0, "Devices send 0 when they do not know"),
        (0, 1, "km outside"),
        (39.9, -82.6, "is 11 km outside the Gridtown"),
        (10, 120, "km outside"),
    ],
)
def test_what_is_likely_wrong_with_a_place_is_said(
    app: Flask, lat: float, long: float, words: str
) -> None:
    here = get_jurisdiction("gridtown.example")
    import_service_area(here, LANCASTER, "limits", despite="It moved.")
    place = Point(lat=lat, long=long)
    question = RoutingCase(service_code="POTHOLE", group="Streets", point=place, at=NOW)
    with pytest.raises(OutsideServiceArea, match=words):
        route(here, question)
