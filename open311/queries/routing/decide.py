"""Routing decisions: read the rules and boundaries, and let geo.routing decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Float, cast, select
from sqlalchemy import func as sql

from geo.addresses.doubts import OutsideFacts, likely_mistake, places_like
from geo.coordinates import Point
from geo.routing.borders import is_accepted
from geo.routing.decide import Decision, choose_department, send_outside
from geo.routing.rules import Case, Hit, Rule
from geo.routing.times import Calendar
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.messages.submissions import OUTSIDE, OUTSIDE_BY_MISTAKE
from open311.models import Department, Jurisdiction
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.hits import geometry, hits_of
from open311.queries.routing.rules import get_calendar, list_rules


@dataclass(frozen=True, kw_only=True)
class RoutingCase:
    """A case for routing: a service with its answers at a location.

    at is aware; rules apply it in the jurisdiction's time zone. maps are the boundary sets, whose
    day also decides which rules are in effect; by default, those of its day. tolerance is how many
    meters less than which the point may be outside the service area.
    """

    service_code: str
    group: str
    point: Point | None
    at: datetime
    answers: Mapping[str, object] = field(default_factory=dict)
    maps: Maps | None = None
    tolerance: float = 0.0


def route(jurisdiction: Scope, question: RoutingCase) -> Decision:
    """Return the department for a service at a location.

    Without a point, only rules for any location apply. Raises OutsideServiceArea if the
    jurisdiction rejects locations outside its service area.
    """
    return read_routing(jurisdiction, question).decision


@dataclass(frozen=True)
class Ground:
    """Routing data of a location, the same for every service there.

    outside_department_id is set for a location outside the service area, if a department receives
    such requests. outside_meters is set for one that is accepted because it is so little outside;
    hits are then the nearest boundaries.
    """

    hits: Sequence[Hit]
    rules: Sequence[Rule]
    calendar: Calendar
    default_department_id: int
    outside_department_id: int | None
    outside_meters: float | None = None


def outside(jurisdiction: Scope, point: Point, facts: OutsideFacts) -> OutsideServiceArea:
    """Return the error for a point outside the service area, with a likely mistake if any."""
    city = jurisdiction.name
    mistake = likely_mistake(point, facts)
    if mistake is None:
        far = facts.outside_by(jurisdiction.units)
        return OutsideServiceArea(OUTSIDE, field="lat", city=city, distance=far)
    return OutsideServiceArea(OUTSIDE_BY_MISTAKE, field="lat", city=city, mistake=mistake)


@dataclass(frozen=True)
class Guide:
    """Routing data shared by all places of a jurisdiction, read once."""

    rules: Sequence[Rule]
    calendar: Calendar
    default_department_id: int
    outside_department_id: int | None


def read_guide(jurisdiction: Scope) -> Guide:
    """Read the rules, the calendar, and the default and outside departments."""
    jurisdiction_id = jurisdiction.jurisdiction_id
    return Guide(
        rules=list_rules(jurisdiction_id),
        calendar=get_calendar(jurisdiction_id),
        default_department_id=get_default_department_id(jurisdiction_id),
        outside_department_id=read_outside_department_id(jurisdiction_id),
    )


def read_ground(
    jurisdiction: Scope,
    point: Point | None,
    maps: Maps,
    guide: Guide | None = None,
    tolerance: float = 0.0,
) -> Ground:
    """Read the routing data of a location; raises OutsideServiceArea as route does.

    With a guide, its rules and calendar are not read again.
    """
    jurisdiction_id = jurisdiction.jurisdiction_id
    edges = _jurisdiction_edges(jurisdiction_id, point)
    accepted = None
    if point is not None and edges.outside and (edges.refused or tolerance):
        facts = _outside_facts(jurisdiction_id, point)
        accepted = facts.meters if is_accepted(facts.meters, tolerance) else None
        if edges.refused and accepted is None:
            raise outside(jurisdiction, point, facts)
    is_outside = edges.outside and accepted is None
    rules = list_rules(jurisdiction_id) if guide is None else guide.rules
    return Ground(
        hits=hits_of(jurisdiction_id, point, maps, accepted),
        rules=rules,
        calendar=calendar_for(jurisdiction_id, rules) if guide is None else guide.calendar,
        default_department_id=edges.default_department_id,
        outside_department_id=edges.outside_department_id if is_outside else None,
        outside_meters=accepted,
    )


def with_maps(jurisdiction: Scope, ground: Ground, point: Point | None, maps: Maps) -> Ground:
    """Return routing data with the boundaries of other sets at the same point."""
    here = jurisdiction.jurisdiction_id
    return replace(ground, hits=hits_of(here, point, maps, ground.outside_meters))


@dataclass(frozen=True)
class Routing:
    """A decision with its case and the data it is based on."""

    question: RoutingCase
    ground: Ground
    case: Case
    decision: Decision


def read_routing(jurisdiction: Scope, question: RoutingCase) -> Routing:
    """Read the routing data of a case, and decide it; raises OutsideServiceArea."""
    maps = maps_of(jurisdiction, question)
    ground = read_ground(jurisdiction, question.point, maps, tolerance=question.tolerance)
    return routing_by(jurisdiction, question, ground)


def routing_by(jurisdiction: Scope, question: RoutingCase, ground: Ground) -> Routing:
    """Decide a case with data that was read before."""
    case = case_of(jurisdiction, question, ground.calendar)
    return Routing(question, ground, case, decide(ground, case))


def decide(ground: Ground, case: Case) -> Decision:
    if ground.outside_department_id is not None:
        return send_outside(ground.outside_department_id, ground.hits)
    return choose_department(ground.rules, case, ground.hits, ground.default_department_id)


def maps_of(jurisdiction: Scope, question: RoutingCase) -> Maps:
    """Return the boundary sets for a case: its own, or those of its day."""
    return question.maps or Maps(question.at.astimezone(jurisdiction.zone).date())


def case_of(jurisdiction: Scope, question: RoutingCase, calendar: Calendar) -> Case:
    """Return the values that rules use, with the time in the jurisdiction's time zone."""
    return Case(
        on=None if question.maps is None else question.maps.on,
        service_code=question.service_code,
        group=question.group,
        at=question.at.astimezone(jurisdiction.zone),
        answers=question.answers,
        calendar=calendar,
    )


def calendar_for(jurisdiction_id: str, rules: Sequence[Rule]) -> Calendar:
    """Return the business hours if a rule uses them; otherwise an empty calendar."""
    needed = any(rule.times.hours is not None for rule in rules)
    return get_calendar(jurisdiction_id) if needed else Calendar()


def get_default_department_id(jurisdiction_id: str) -> int:
    """Return the id of the default department."""
    return _jurisdiction_edges(jurisdiction_id, None).default_department_id


def read_outside_department_id(jurisdiction_id: str) -> int | None:
    """Return the id of the department for requests outside the service area, if there is one."""
    return _jurisdiction_edges(jurisdiction_id, None).outside_department_id


def is_outside(jurisdiction_id: str, point: Point) -> bool:
    """Return whether a point is outside the service area; False without a service area."""
    return _jurisdiction_edges(jurisdiction_id, point).outside


def is_refused(jurisdiction_id: str, point: Point, tolerance: float) -> bool:
    """Return whether a jurisdiction rejects requests at a point, less than tolerance meters outside
    or not.
    """
    if not _jurisdiction_edges(jurisdiction_id, point).refused:
        return False
    return not is_accepted(_outside_facts(jurisdiction_id, point).meters, tolerance)


@dataclass(frozen=True)
class _Edges:
    default_department_id: int
    outside_department_id: int | None
    outside: bool

    @property
    def refused(self) -> bool:
        return self.outside and self.outside_department_id is None


def _jurisdiction_edges(jurisdiction_id: str, point: Point | None) -> _Edges:
    default = _department_id(Jurisdiction.default_department)
    outside_department = _department_id(Jurisdiction.outside_department)
    inside = sql.coalesce(sql.ST_Covers(Jurisdiction.service_area, geometry(point)), True)
    row = db.session.execute(
        select(default, outside_department, ~inside).where(Jurisdiction.id == jurisdiction_id)
    ).one()
    return _Edges(*row)


def _outside_facts(jurisdiction_id: str, point: Point) -> OutsideFacts:
    area = Jurisdiction.service_area
    inside = [sql.ST_Covers(area, geometry(like)) for like in places_like(point)]
    meters = sql.ST_Distance(cast(area, Geography), sql.ST_GeogFromText(point.ewkt), type_=Float())
    row = db.session.execute(
        select(*inside, meters).where(Jurisdiction.id == jurisdiction_id)
    ).one()
    exchanged, mirrored, upside_down, distance = tuple(row)
    return OutsideFacts(exchanged, mirrored, upside_down, distance)


def _department_id(code: Any) -> ColumnElement[int]:
    return (
        select(Department.id)
        .where(Department.jurisdiction_id == Jurisdiction.id, Department.code == code)
        .correlate(Jurisdiction)
        .scalar_subquery()
    )
