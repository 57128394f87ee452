"""Routing by a snapshot of the city, without reading the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from geo.addresses.doubts import OutsideFacts, places_like
from geo.coordinates import Point, covers
from geo.routing.borders import Neighbor, hits_with_nearest, is_accepted, settle_neighbors
from geo.routing.decide import Decision, Difference, list_differences
from geo.routing.map_sets import covering, nearest
from geo.routing.rules import Hit
from open311.errors import OutsideServiceArea
from open311.messages.problem import Problem
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import Ground, Routing, RoutingCase, outside, routing_by
from open311.queries.routing.explain import found_outcome, stored_outcome
from open311.queries.routing.hits import hits_of
from open311.queries.routing.stored import Routed
from open311.queries.routing.stored_places import StoredPlace


def is_outside(city: City, point: Point, tolerance: float = 0.0) -> bool:
    """Return whether a point is outside the service area; False without a service area.

    It is not, if it is less than tolerance meters outside.
    """
    if city.service_area is None or covers(city.service_area, point):
        return False
    if not tolerance:
        return True
    facts = facts_outside(city, point)
    return facts is None or not is_accepted(facts.meters, tolerance)


def facts_outside(city: City, point: Point) -> OutsideFacts | None:
    """Return facts about a point outside the service area; None for a point inside."""
    area = city.service_area
    if area is None or covers(area, point) or city.outline is None:
        return None
    meters = min(meters for _area, meters in city.outline.near(point, ()))
    exchanged, mirrored, upside_down = (covers(area, like) for like in places_like(point))
    return OutsideFacts(exchanged, mirrored, upside_down, meters)


def route_in(
    city: City, jurisdiction: Scope, question: RoutingCase, day: date | None = None
) -> Routing:
    """Decide a case by the boundary sets and rules of a day; raises OutsideServiceArea.

    It is the day of the case by default.
    """
    point, guide = question.point, city.guide
    facts = None if point is None else facts_outside(city, point)
    accepted = facts is not None and is_accepted(facts.meters, question.tolerance)
    outside_meters = facts.meters if facts is not None and accepted else None
    is_outside = facts is not None and not accepted
    is_refused = is_outside and guide.outside_department_id is None
    if point is not None and facts is not None and is_refused:
        raise outside(jurisdiction, point, facts)
    if day is None:
        day = question.at.astimezone(jurisdiction.zone).date()
    else:
        question = replace(question, maps=Maps(day))
    ground = Ground(
        hits=[] if point is None else _hits(city, point, day, outside_meters),
        rules=guide.rules,
        calendar=guide.calendar,
        default_department_id=guide.default_department_id,
        outside_department_id=guide.outside_department_id if is_outside else None,
        outside_meters=outside_meters,
    )
    return routing_by(jurisdiction, question, ground)


def _hits(city: City, point: Point, day: date, outside_meters: float | None) -> Sequence[Hit]:
    """List the boundaries of a day that cover a point; reads sets that are not in memory.

    Little outside the service area, the nearest ones are among them.
    """
    if not city.maps.know(day):
        return hits_of(city.scope.jurisdiction_id, point, Maps(day), outside_meters)
    maps = city.maps.on(day)
    hits = covering(maps, point)
    if outside_meters is None:
        return hits
    return hits_with_nearest(hits, nearest(maps, point, hits), outside_meters)


@dataclass(frozen=True)
class Look:
    """A service request routed anew; decision is None where it is refused.

    differences are from what was stored, or the problems of a location that is refused.
    """

    decision: Decision | None
    differences: tuple[Difference | Problem, ...]


def look_again(
    city: City, routed: Routed, places: Sequence[StoredPlace], now: datetime
) -> tuple[Look, Look]:
    """Route a service request anew by the boundary sets of its day, and by those of today.

    As look_back of explain, by the current rules and the time of submission. now is aware.
    """
    days = (moment.astimezone(city.scope.zone).date() for moment in (routed.question.at, now))
    try:
        then, today = (_look(city, routed, places, day) for day in days)
    except OutsideServiceArea as error:
        refused = Look(None, tuple(error.problems))
        return refused, refused
    return then, today


def _look(city: City, routed: Routed, places: Sequence[StoredPlace], day: date) -> Look:
    decision = route_in(city, city.scope, routed.question, day).decision
    found = found_outcome(decision, city.department_names[decision.department_id])
    in_use = {rule.code for rule in city.guide.rules}
    return Look(decision, list_differences(stored_outcome(routed, places), found, in_use))


def neighbors_in(city: City, jurisdiction: Scope, routing: Routing) -> tuple[Neighbor, ...]:
    """Return the nearest other boundary of each layer, with the boundary sets of a routing."""
    point = routing.question.point
    if point is None:
        return ()
    maps = city.maps.on(routing.question.at.astimezone(jurisdiction.zone).date())
    hits = routing.decision.covering
    return settle_neighbors(hits, nearest(maps, point, hits))
