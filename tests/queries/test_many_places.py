"""Many places at once are routed as each of them alone."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from geo.coordinates import Point
from open311.errors import OutsideServiceArea
from open311.queries.catalog.services import list_services
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.decide import RoutingCase, read_guide, read_routing
from open311.queries.routing.many_places import route_many
from open311.queries.routing.neighbors import find_neighbours

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
    asked = questions()
    together = route_many(town, asked, read_guide(town))
    refused = [one for one in together if isinstance(one, OutsideServiceArea)]
    assert 0 < len(refused) < len(asked)
    for question, found in zip(asked, together, strict=True):
        if isinstance(found, OutsideServiceArea):
            with pytest.raises(OutsideServiceArea) as error:
                read_routing(town, question)
            assert str(found) == str(error.value)
        else:
            routing = read_routing(town, question)
            assert found == (routing, find_neighbours(town, routing))
