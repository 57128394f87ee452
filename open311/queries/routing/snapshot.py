"""Routing by a snapshot of the city, without reading the database."""

from geo.addresses.doubts import OutsideFacts, places_like
from geo.coordinates import Point, covers
from geo.routing.borders import Neighbour, settle_neighbours
from geo.routing.map_sets import covering, nearest
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.routing.decide import (
    Ground,
    Routing,
    RoutingCase,
    outside,
    routing_by,
)


def is_outside(city: City, point: Point) -> bool:
    """Return whether a point is outside the service area; False without a service area."""
    return city.service_area is not None and not covers(city.service_area, point)


def facts_outside(city: City, point: Point) -> OutsideFacts | None:
    """Return facts about a point outside the service area; None for a point inside."""
    area = city.service_area
    if area is None or covers(area, point) or city.outline is None:
        return None
    metres = min(metres for _area, metres in city.outline.near(point, ()))
    exchanged, mirrored, upside_down = (covers(area, like) for like in places_like(point))
    return OutsideFacts(exchanged, mirrored, upside_down, metres)


def route_in(city: City, jurisdiction: Scope, question: RoutingCase) -> Routing:
    """Decide a case by the boundary sets of its day; raises OutsideServiceArea."""
    point, guide = question.point, city.guide
    if point is not None and guide.outside_department_id is None:
        facts = facts_outside(city, point)
        if facts is not None:
            raise outside(jurisdiction, point, facts)
    is_away = point is not None and is_outside(city, point)
    day = question.at.astimezone(jurisdiction.zone).date()
    ground = Ground(
        hits=[] if point is None else covering(city.maps.on(day), point),
        rules=guide.rules,
        calendar=guide.calendar,
        default_department_id=guide.default_department_id,
        outside_department_id=guide.outside_department_id if is_away else None,
    )
    return routing_by(jurisdiction, question, ground)


def neighbours_in(city: City, jurisdiction: Scope, routing: Routing) -> tuple[Neighbour, ...]:
    """Return the nearest other boundary of each layer, with the boundary sets of a routing."""
    point = routing.question.point
    if point is None:
        return ()
    maps = city.maps.on(routing.question.at.astimezone(jurisdiction.zone).date())
    hits = routing.decision.covering
    return settle_neighbours(hits, nearest(maps, point, hits))
