"""Routing decisions: read the rules and boundaries, and let geo.routing decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Float, Select, cast, func, select
from sqlalchemy import func as sql

from geo.addresses.doubts import OutsideFacts, likely_mistake, places_like
from geo.coordinates import Point
from geo.routing.decide import Decision, choose_department, send_outside
from geo.routing.rules import Case, Hit, Rule
from geo.routing.times import Calendar
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.messages.submissions import OUTSIDE, OUTSIDE_BY_MISTAKE
from open311.models import Boundary, BoundaryLayer, BoundarySet, Department, Jurisdiction
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps, counts
from open311.queries.routing.rules import get_calendar, list_rules


def geometry(point: Point | None) -> ColumnElement[object]:
    """Return a point as a PostGIS geometry; NULL without one."""
    return func.ST_GeomFromEWKT(point.ewkt if point else None)


def select_hits(jurisdiction_id: str, maps: Maps) -> Select[str, int, int, str, str, int]:
    """Select the boundaries of these sets, in the order of layers, with the columns of Hit."""
    return (
        select(
            BoundaryLayer.code.label("layer"),
            BoundaryLayer.position.label("layer_position"),
            Boundary.id.label("boundary_id"),
            Boundary.code,
            Boundary.name,
            BoundaryLayer.id.label("layer_id"),
        )
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, counts(maps))
        .order_by(BoundaryLayer.position, BoundaryLayer.id, Boundary.position)
    )


def list_hits(jurisdiction_id: str, point: Point, maps: Maps) -> list[Hit]:
    """List the boundaries of these sets that cover a point, edges included."""
    covers = func.ST_Covers(Boundary.geometry, geometry(point))
    statement = select_hits(jurisdiction_id, maps).where(covers)
    return [Hit(**row) for row in db.session.execute(statement).mappings()]


@dataclass(frozen=True, kw_only=True)
class RoutingCase:
    """A case for routing: a service with its answers at a location.

    at is aware; rules apply it in the jurisdiction's time zone. maps are the boundary sets, whose
    day also decides which rules are in effect; by default, those of its day.
    """

    service_code: str
    group: str
    point: Point | None
    at: datetime
    answers: Mapping[str, object] = field(default_factory=dict)
    maps: Maps | None = None


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
    such requests.
    """

    hits: Sequence[Hit]
    rules: Sequence[Rule]
    calendar: Calendar
    default_department_id: int
    outside_department_id: int | None


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
    jurisdiction: Scope, point: Point | None, maps: Maps, guide: Guide | None = None
) -> Ground:
    """Read the routing data of a location; raises OutsideServiceArea as route does.

    With a guide, its rules and calendar are not read again.
    """
    jurisdiction_id = jurisdiction.jurisdiction_id
    edges = _jurisdiction_edges(jurisdiction_id, point)
    if edges.refused and point is not None:
        raise outside(jurisdiction, point, _outside_facts(jurisdiction_id, point))
    rules = list_rules(jurisdiction_id) if guide is None else guide.rules
    return Ground(
        hits=[] if point is None else list_hits(jurisdiction_id, point, maps),
        rules=rules,
        calendar=calendar_for(jurisdiction_id, rules) if guide is None else guide.calendar,
        default_department_id=edges.default_department_id,
        outside_department_id=edges.outside_department_id if edges.outside else None,
    )


def with_maps(jurisdiction: Scope, ground: Ground, point: Point | None, maps: Maps) -> Ground:
    """Return routing data with the boundaries of other sets at the same point."""
    hits = [] if point is None else list_hits(jurisdiction.jurisdiction_id, point, maps)
    return replace(ground, hits=hits)


@dataclass(frozen=True)
class Routing:
    """A decision with its case and the data it is based on."""

    question: RoutingCase
    ground: Ground
    case: Case
    decision: Decision


def read_routing(jurisdiction: Scope, question: RoutingCase) -> Routing:
    """Read the routing data of a case, and decide it; raises OutsideServiceArea."""
    ground = read_ground(jurisdiction, question.point, maps_of(jurisdiction, question))
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


def is_refused(jurisdiction_id: str, point: Point) -> bool:
    """Return whether a jurisdiction rejects requests at a point."""
    return _jurisdiction_edges(jurisdiction_id, point).refused


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
