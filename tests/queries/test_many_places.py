"""Places are routed in memory as by the database."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from geo.coordinates import Point
from open311.errors import OutsideServiceArea
from open311.queries.catalog.services import list_services
from open311.queries.city import read_city
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.decide import RoutingCase, read_routing
from open311.queries.routing.neighbors import find_neighbors
from open311.queries.routing.snapshot import is_outside, neighbors_in, route_in

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def questions() -> list[RoutingCase]:
    """Ask for each service at places inside, on edges, outside, and without a place."""
    grid = [
        Point(lat=-1.5 + step * 0.5, long=-1.5 + other * 0.5)
        for step in range(7)
        for other in range(7)
    ]
    return [
        RoutingCase(
            service_code=service["service_code"], group=service["group"], point=point, at=NOW
        )
        for service in list_services("gridtown.example")
        for point in [*grid, None]
    ]


def test_many_places_are_routed_as_each_alone(app: Flask) -> None:
    town = get_jurisdiction("gridtown.example")
    city = read_city(town, NOW.date())
    asked = questions()
    refused = [one for one in asked if one.point is not None and is_outside(city, one.point)]
    assert 0 < len(refused) < len(asked)
    for question in asked:
        if question in refused:
            with pytest.raises(OutsideServiceArea) as here:
                route_in(city, town, question)
            with pytest.raises(OutsideServiceArea) as there:
                read_routing(town, question)
            assert str(here.value) == str(there.value)
        else:
            routing, stored = route_in(city, town, question), read_routing(town, question)
            assert routing.decision == stored.decision
            near, others = neighbors_in(city, town, routing), find_neighbors(town, stored)
            assert [one.boundary_id for one in near] == [one.boundary_id for one in others]
