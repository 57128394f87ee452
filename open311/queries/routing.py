"""Reading what routing needs, and asking geo.routing for its decision."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy import func as sql

from geo.coordinates import Point
from geo.routing import Decision, Hit, Rule, choose_department, send_outside
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.models import (
    Boundary,
    BoundaryLayer,
    BoundarySet,
    Department,
    Jurisdiction,
    RoutingRule,
    Service,
)


def route(
    jurisdiction_id: str, *, service_code: str, group: str, point: Point | None, on: date
) -> Decision:
    """Decide which department a service at a place goes to, by the boundaries in force on a day.

    on is a day of the jurisdiction's own calendar. Without a point only rules for any place
    apply. Raises OutsideServiceArea where the jurisdiction refuses places outside of it.
    """
    edges = _jurisdiction_edges(jurisdiction_id, point)
    hits = list_hits(jurisdiction_id, point, on) if point else []
    if edges.refused:
        raise OutsideServiceArea(
            f"lat and long lie outside the area that {edges.name} takes reports for: "
            "check the place, or report it to the city it lies in."
        )
    if edges.outside and edges.outside_department_id is not None:
        return send_outside(edges.outside_department_id, hits)
    return choose_department(
        list_rules(jurisdiction_id),
        service_code=service_code,
        group=group,
        hits=hits,
        default_department_id=edges.default_department_id,
    )


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


def _department_id(code: Any) -> ColumnElement[int]:
    return (
        select(Department.id)
        .where(Department.jurisdiction_id == Jurisdiction.id, Department.code == code)
        .correlate(Jurisdiction)
        .scalar_subquery()
    )


def _geometry(point: Point | None) -> ColumnElement[object]:
    return sql.ST_GeomFromEWKT(point.ewkt if point else None)


def list_hits(jurisdiction_id: str, point: Point, on: date) -> list[Hit]:
    """List the boundaries in force on a day that cover a point, shared edges included."""
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
            in_force(on),
            sql.ST_Covers(Boundary.geometry, _geometry(point)),
        )
        .order_by(BoundaryLayer.position, BoundaryLayer.id, Boundary.position)
    )
    return [Hit(**row) for row in db.session.execute(statement).mappings()]


def in_force(on: date) -> ColumnElement[bool]:
    """Give the condition that a boundary set is in force on a day."""
    return and_(
        BoundarySet.in_force_from <= on,
        or_(BoundarySet.in_force_until.is_(None), BoundarySet.in_force_until > on),
    )


def list_rules(jurisdiction_id: str) -> list[Rule]:
    """List the routing rules that are in use, by code."""
    statement = (
        select(
            RoutingRule.id.label("rule_id"),
            RoutingRule.code,
            RoutingRule.department_id,
            Service.service_code,
            RoutingRule.service_group.label("group"),
            BoundaryLayer.code.label("layer"),
            RoutingRule.boundary_code.label("boundary"),
        )
        .outerjoin(Service, Service.id == RoutingRule.service_id)
        .outerjoin(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(RoutingRule.jurisdiction_id == jurisdiction_id, RoutingRule.active)
        .order_by(RoutingRule.code)
    )
    return [Rule(**row) for row in db.session.execute(statement).mappings()]
