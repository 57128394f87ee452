"""Reading what routing needs, and asking geo.routing for its decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Float, cast, select
from sqlalchemy import func as sql

from geo.coordinates import Point
from geo.odd_places import OutsideFacts, likely_mistake, places_like
from geo.routing import Decision, choose_department, send_outside
from geo.rules import Case, Hit, Rule
from geo.times import Calendar
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.models import Boundary, BoundaryLayer, BoundarySet, Department, Jurisdiction
from open311.queries.in_force import Maps, counts
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.rules import get_calendar, list_rules


@dataclass(frozen=True, kw_only=True)
class Question:
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


def route(jurisdiction: JurisdictionInfo, question: Question) -> Decision:
    """Decide which department a service at a place goes to.

    Without a point only rules for any place apply. Raises OutsideServiceArea where the
    jurisdiction refuses places outside of it.
    """
    jurisdiction_id = jurisdiction.jurisdiction_id
    edges = _jurisdiction_edges(jurisdiction_id, question.point)
    hits = _hits(jurisdiction, question)
    if edges.refused and question.point is not None:
        raise OutsideServiceArea(
            f"lat and long lie outside the area that {edges.name} takes reports for: "
            "check the place, or report it to the city it lies in. "
            + likely_mistake(question.point, _outside_facts(jurisdiction_id, question.point))
        )
    if edges.outside and edges.outside_department_id is not None:
        return send_outside(edges.outside_department_id, hits)
    rules = list_rules(jurisdiction_id)
    case = case_of(jurisdiction, question, calendar_for(jurisdiction_id, rules))
    return choose_department(rules, case, hits, edges.default_department_id)


def maps_of(jurisdiction: JurisdictionInfo, question: Question) -> Maps:
    """Give the maps that a question is to be answered by: those named, or those of its day."""
    return question.maps or Maps(question.at.astimezone(jurisdiction.zone).date())


def case_of(jurisdiction: JurisdictionInfo, question: Question, calendar: Calendar) -> Case:
    """Give what the rules look at, in the jurisdiction's own time."""
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


def _hits(jurisdiction: JurisdictionInfo, question: Question) -> list[Hit]:
    if question.point is None:
        return []
    maps = maps_of(jurisdiction, question)
    return list_hits(jurisdiction.jurisdiction_id, question.point, maps)


def get_default_department_id(jurisdiction_id: str) -> int:
    """Get the department that takes what no rule is for."""
    return _jurisdiction_edges(jurisdiction_id, None).default_department_id


def is_refused(jurisdiction_id: str, point: Point) -> bool:
    """Tell whether a jurisdiction takes no reports at a place, because it lies outside."""
    return _jurisdiction_edges(jurisdiction_id, point).refused


@dataclass(frozen=True)
class _Edges:
    name: str
    default_department_id: int
    outside_department_id: int | None
    outside: bool

    @property
    def refused(self) -> bool:
        return self.outside and self.outside_department_id is None


def _jurisdiction_edges(jurisdiction_id: str, point: Point | None) -> _Edges:
    default = _department_id(Jurisdiction.default_department)
    outside_department = _department_id(Jurisdiction.outside_department)
    inside = sql.coalesce(sql.ST_Covers(Jurisdiction.service_area, _geometry(point)), True)
    row = db.session.execute(
        select(Jurisdiction.name, default, outside_department, ~inside).where(
            Jurisdiction.id == jurisdiction_id
        )
    ).one()
    return _Edges(*row)


def _outside_facts(jurisdiction_id: str, point: Point) -> OutsideFacts:
    area = Jurisdiction.service_area
    inside = [sql.ST_Covers(area, _geometry(like)) for like in places_like(point)]
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


def _geometry(point: Point | None) -> ColumnElement[object]:
    return sql.ST_GeomFromEWKT(point.ewkt if point else None)


def list_hits(jurisdiction_id: str, point: Point, maps: Maps) -> list[Hit]:
    """List the boundaries of these maps that cover a point, shared edges included."""
    statement = (
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
        .where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id,
            counts(maps),
            sql.ST_Covers(Boundary.geometry, _geometry(point)),
        )
        .order_by(BoundaryLayer.position, BoundaryLayer.id, Boundary.position)
    )
    return [Hit(**row) for row in db.session.execute(statement).mappings()]
