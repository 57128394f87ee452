"""Routing many stored requests at once: read in one statement, decided in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, func, select

from geo.coordinates import Point
from geo.routing.decide import Decision
from geo.routing.rules import Hit, Rule
from open311.database import db
from open311.models import (
    Boundary,
    BoundaryLayer,
    BoundarySet,
    Jurisdiction,
    Service,
    ServiceRequest,
)
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps, counts
from open311.queries.requests.conditions import submitted
from open311.queries.routing.decide import (
    Ground,
    Routing,
    RoutingCase,
    read_ground,
    read_outside_department_id,
    routing_by,
    select_hits,
)


@dataclass(frozen=True)
class Rerouted:
    """A stored service request, its department, and its routing by some boundary sets.

    routing is None if the location would be rejected as outside the service area. change_number is
    that of the state that was read.
    """

    pk: int
    service_request_id: str | None
    status: str
    department_id: int
    pinned: bool
    accuracy_metres: float | None
    change_number: int
    question: RoutingCase
    routing: Routing | None

    @property
    def decision(self) -> Decision | None:
        """The id of its department; None if the location would be rejected."""
        return None if self.routing is None else self.routing.decision

    @property
    def moves(self) -> bool:
        """Whether its department would change."""
        return self.decision is not None and self.decision.department_id != self.department_id


def requested_since(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a service request was submitted since a moment."""
    return and_(ServiceRequest.requested_datetime >= moment, ServiceRequest.withdrawn_at.is_(None))


def reroute(jurisdiction: Scope, maps: Maps, scope: ColumnElement[bool]) -> list[Rerouted]:
    """Route all service requests in scope with these boundary sets and the current rules.

    Nothing is stored. Rules with a schedule apply to the time of submission. Ordered by pk.
    """
    ground = read_ground(jurisdiction, None, maps)
    outside = read_outside_department_id(jurisdiction.jurisdiction_id)
    hits = _hits_by_id(jurisdiction.jurisdiction_id, maps)
    rules: dict[tuple[str, str], list[Rule]] = {}
    rows = db.session.connection().execute(_rows(jurisdiction.jurisdiction_id, maps, scope))
    return [_rerouted(row, jurisdiction, maps, ground, outside, hits, rules) for row in rows]


def _rerouted(
    row: Any,
    jurisdiction: Scope,
    maps: Maps,
    ground: Ground,
    outside_department_id: int | None,
    hits: dict[int, Hit],
    rules: dict[tuple[str, str], list[Rule]],
) -> Rerouted:
    key = (row.service_code, row.group)
    if key not in rules:
        rules[key] = [rule for rule in ground.rules if rule.is_for(*key)]
    here = Ground(
        hits=[hits[id_] for id_ in row.boundary_ids or ()],
        rules=rules[key],
        calendar=ground.calendar,
        default_department_id=ground.default_department_id,
        outside_department_id=outside_department_id if row.outside else None,
    )
    question = RoutingCase(
        service_code=row.service_code,
        group=row.group,
        point=None if row.lat is None else Point(lat=row.lat, long=row.long),
        at=row.submitted_at,
        answers=row.answers,
        maps=maps,
    )
    refused = row.outside and outside_department_id is None
    return Rerouted(
        pk=row.pk,
        service_request_id=row.service_request_id,
        status=row.status,
        department_id=row.department_id,
        pinned=row.pinned,
        accuracy_metres=row.accuracy_metres,
        change_number=row.change_number,
        question=question,
        routing=None if refused else routing_by(jurisdiction, question, here),
    )


def _rows(jurisdiction_id: str, maps: Maps, scope: ColumnElement[bool]) -> Select[Any]:
    """Select the routing data of each service request, with the boundaries that cover it.

    The join goes from boundaries to points, which lets PostGIS prepare each boundary once.
    """
    mine = (ServiceRequest.jurisdiction_id == jurisdiction_id, ~ServiceRequest.sandbox, scope)
    covering = (
        select(ServiceRequest.pk, func.array_agg(Boundary.id).label("boundary_ids"))
        .select_from(Boundary)
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .join(ServiceRequest, func.ST_Intersects(Boundary.geometry, ServiceRequest.location))
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, counts(maps), *mine)
        .group_by(ServiceRequest.pk)
        .cte("covering")
    )
    inside = func.ST_Intersects(Jurisdiction.service_area, ServiceRequest.location)
    return (
        select(
            *_STORED,
            Service.service_code,
            Service.group,
            submitted().label("submitted_at"),
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
            (~func.coalesce(inside, True)).label("outside"),
            covering.c.boundary_ids,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Jurisdiction, Jurisdiction.id == ServiceRequest.jurisdiction_id)
        .outerjoin(covering, covering.c.pk == ServiceRequest.pk)
        .where(*mine)
        .order_by(ServiceRequest.pk)
    )


_STORED = (
    ServiceRequest.pk,
    ServiceRequest.service_request_id,
    ServiceRequest.answers,
    ServiceRequest.status,
    ServiceRequest.department_id,
    ServiceRequest.pinned,
    ServiceRequest.accuracy_metres,
    ServiceRequest.change_number,
)


def _hits_by_id(jurisdiction_id: str, maps: Maps) -> dict[int, Hit]:
    rows = db.session.execute(select_hits(jurisdiction_id, maps)).mappings()
    return {row["boundary_id"]: Hit(**row) for row in rows}


def pairs(rerouted: Sequence[Rerouted]) -> dict[tuple[int, int], int]:
    """Count the service requests that would change department, by (from, to)."""
    counted: dict[tuple[int, int], int] = {}
    for one in rerouted:
        if one.moves and not one.pinned and one.decision is not None:
            key = (one.department_id, one.decision.department_id)
            counted[key] = counted.get(key, 0) + 1
    return counted


COLUMNS = (
    "service_request_id",
    "service_code",
    "status",
    "requested_datetime",
    "lat",
    "long",
    "from",
    "to",
    "pinned",
    "reason",
)


def move_rows(moved: Sequence[Rerouted], names: Mapping[int, str]) -> Iterator[tuple[object, ...]]:
    """Return a row by COLUMNS for each request; names are those of departments by id."""
    for one in moved:
        question, decision = one.question, one.decision
        yield (
            one.service_request_id,
            question.service_code,
            one.status,
            f"{question.at:%Y-%m-%dT%H:%M:%SZ}",
            None if question.point is None else question.point.lat,
            None if question.point is None else question.point.long,
            names[one.department_id],
            None if decision is None else names[decision.department_id],
            "yes" if one.pinned else "no",
            None if decision is None else decision.reason,
        )
