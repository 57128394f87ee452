"""Reading what routing needs, and asking geo.routing for its decision."""

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
    """Return a point as PostGIS has it; NULL without one."""
    return func.ST_GeomFromEWKT(point.ewkt if point else None)


def select_hits(jurisdiction_id: str, maps: Maps) -> Select[str, int, int, str, str, int]:
    """Select all boundaries of these maps, in the order of layers, with the columns of Hit."""
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
    """List the boundaries of these maps that cover a point, shared edges included."""
    covers = func.ST_Covers(Boundary.geometry, geometry(point))
    statement = select_hits(jurisdiction_id, maps).where(covers)
    return [Hit(**row) for row in db.session.execute(statement).mappings()]


@dataclass(frozen=True, kw_only=True)
class RoutingCase:
    """What is asked of the routing: where a service, with its answers, at a place would go.

    at is an aware moment; the rules go by it in the jurisdiction's own time. maps are those of
    its day unless others are named.
    """

    service_code: str
    group: str
    point: Point | None
    at: datetime
    answers: Mapping[str, object] = field(default_factory=dict)
    maps: Maps | None = None


def route(jurisdiction: Scope, question: RoutingCase) -> Decision:
    """Decide which department a service at a place goes to.

    Without a point only rules for any place apply. Raises OutsideServiceArea where the
    jurisdiction refuses places outside of it.
    """
    return read_routing(jurisdiction, question).decision


@dataclass(frozen=True)
class Ground:
    """All that routing reads for a place: the same for every service there.

    outside_department_id is that of a jurisdiction which takes reports from outside, where the
    place lies there.
    """

    hits: Sequence[Hit]
    rules: Sequence[Rule]
    calendar: Calendar
    default_department_id: int
    outside_department_id: int | None


def _outside(jurisdiction: Scope, point: Point) -> OutsideServiceArea:
    city = jurisdiction.name
    facts = _outside_facts(jurisdiction.jurisdiction_id, point)
    mistake = likely_mistake(point, facts)
    if mistake is None:
        far = facts.outside_by(jurisdiction.units)
        return OutsideServiceArea(OUTSIDE, field="lat", city=city, distance=far)
    return OutsideServiceArea(OUTSIDE_BY_MISTAKE, field="lat", city=city, mistake=mistake)


def read_ground(jurisdiction: Scope, point: Point | None, maps: Maps) -> Ground:
    """Read what routing needs for a place; raises OutsideServiceArea as route does."""
    jurisdiction_id = jurisdiction.jurisdiction_id
    edges = _jurisdiction_edges(jurisdiction_id, point)
    if edges.refused and point is not None:
        raise _outside(jurisdiction, point)
    rules = list_rules(jurisdiction_id)
    return Ground(
        hits=[] if point is None else list_hits(jurisdiction_id, point, maps),
        rules=rules,
        calendar=calendar_for(jurisdiction_id, rules),
        default_department_id=edges.default_department_id,
        outside_department_id=edges.outside_department_id if edges.outside else None,
    )


def with_maps(jurisdiction: Scope, ground: Ground, point: Point | None, maps: Maps) -> Ground:
    """Read the boundaries of other maps at a place; all else is as it was read."""
    hits = [] if point is None else list_hits(jurisdiction.jurisdiction_id, point, maps)
    return replace(ground, hits=hits)


@dataclass(frozen=True)
class Routing:
    """A decision, with the question it answers and all that was read for it."""

    question: RoutingCase
    ground: Ground
    case: Case
    decision: Decision


def read_routing(jurisdiction: Scope, question: RoutingCase) -> Routing:
    """Read what routing needs for a question, and decide it; raises OutsideServiceArea."""
    ground = read_ground(jurisdiction, question.point, maps_of(jurisdiction, question))
    return routing_by(jurisdiction, question, ground)


def routing_by(jurisdiction: Scope, question: RoutingCase, ground: Ground) -> Routing:
    """Decide a question by what was read before."""
    case = case_of(jurisdiction, question, ground.calendar)
    return Routing(question, ground, case, decide(ground, case))


def decide(ground: Ground, case: Case) -> Decision:
    """Decide from what was read."""
    if ground.outside_department_id is not None:
        return send_outside(ground.outside_department_id, ground.hits)
    return choose_department(ground.rules, case, ground.hits, ground.default_department_id)


def maps_of(jurisdiction: Scope, question: RoutingCase) -> Maps:
    """Return the maps that a question is to be answered by: those named, or those of its day."""
    return question.maps or Maps(question.at.astimezone(jurisdiction.zone).date())


def case_of(jurisdiction: Scope, question: RoutingCase, calendar: Calendar) -> Case:
    """Return what the rules look at, in the jurisdiction's own time."""
    return Case(
        service_code=question.service_code,
        group=question.group,
        at=question.at.astimezone(jurisdiction.zone),
        answers=question.answers,
        calendar=calendar,
    )


def calendar_for(jurisdiction_id: str, rules: Sequence[Rule]) -> Calendar:
    """Get the business hours if any rule goes by them."""
    needed = any(rule.times.hours is not None for rule in rules)
    return get_calendar(jurisdiction_id) if needed else Calendar()


def get_default_department_id(jurisdiction_id: str) -> int:
    """Return the id of the department that takes what no rule is for."""
    return _jurisdiction_edges(jurisdiction_id, None).default_department_id


def read_outside_department_id(jurisdiction_id: str) -> int | None:
    """Read the department that takes requests outside the service area, if one does."""
    return _jurisdiction_edges(jurisdiction_id, None).outside_department_id


def is_outside(jurisdiction_id: str, point: Point) -> bool:
    """Return whether a place is outside the service area, if there is one."""
    return _jurisdiction_edges(jurisdiction_id, point).outside


def find_outside_facts(jurisdiction_id: str, point: Point) -> OutsideFacts | None:
    """Find what is known of a place outside the service area; None for one inside."""
    outside = is_outside(jurisdiction_id, point)
    return _outside_facts(jurisdiction_id, point) if outside else None


def is_refused(jurisdiction_id: str, point: Point) -> bool:
    """Return whether a jurisdiction refuses requests at a place outside."""
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
    metres = sql.ST_Distance(cast(area, Geography), sql.ST_GeogFromText(point.ewkt), type_=Float())
    row = db.session.execute(
        select(*inside, metres).where(Jurisdiction.id == jurisdiction_id)
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
