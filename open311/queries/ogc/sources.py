"""The collections as SQL: which rows each has, what they show, and in which order they come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from open311.database import db
from open311.errors import NotFound
from open311.models import Boundary, BoundaryLayer, BoundarySet, Department, Service, ServiceRequest
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.ogc.properties import request_properties
from open311.queries.ogc.property import Properties, Property
from open311.queries.requests.conditions import known_as, not_withdrawn, of_jurisdiction

REQUESTS = "requests"
"""The collection of service requests; each other one is a boundary layer, by its code."""


@dataclass(frozen=True)
class Interval:
    """A stretch of time, both ends included; None where it has none."""

    begin: datetime | None
    end: datetime | None


ALWAYS = Interval(None, None)


@dataclass(frozen=True)
class Source:
    """A collection. rows selects nothing yet; key and pk give a total order, and pages begin by it.

    sort is the name of that order in cursors.

    moment is what the parameter datetime compares, None where it chooses the rows.
    """

    rows: Select[Any]
    sort: str
    id: Any
    has_id: Callable[[str], ColumnElement[bool]]
    pk: Any
    key: Any
    descending: bool
    geometry: Any
    properties: Properties
    moment: Any = None


@dataclass(frozen=True)
class LayerInfo:
    """A boundary layer."""

    id: int
    code: str
    name: str


def list_layers(jurisdiction_id: str) -> list[LayerInfo]:
    """List the boundary layers, in their order; one named as REQUESTS is not shown."""
    rows = db.session.execute(
        select(BoundaryLayer.id, BoundaryLayer.code, BoundaryLayer.name)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code != REQUESTS)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    return [LayerInfo(*row) for row in rows]


def get_source(
    jurisdiction: JurisdictionInfo, collection: str, interval: Interval, *, staff: bool
) -> Source:
    """Get a collection by its id; raises NotFound. interval chooses the maps of boundaries."""
    layers = list_layers(jurisdiction.jurisdiction_id)
    if collection == REQUESTS:
        return _requests(jurisdiction, {one.code: one.id for one in layers}, staff=staff)
    for layer in layers:
        if layer.code == collection:
            return _boundaries(jurisdiction, layer, interval)
    known = ", ".join([REQUESTS, *(layer.code for layer in layers)])
    raise NotFound(f"There is no collection {collection!r}; there are {known}.")


def _requests(jurisdiction: JurisdictionInfo, layers: dict[str, int], *, staff: bool) -> Source:
    visible = and_(of_jurisdiction(jurisdiction), not_withdrawn())
    if not staff:
        visible = and_(visible, ServiceRequest.public)
    return Source(
        rows=select()
        .select_from(ServiceRequest)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(visible),
        sort="-requested_datetime",
        # What is neither published nor waits for it has no other name that is its own.
        id=func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token),
        has_id=known_as,
        pk=ServiceRequest.pk,
        key=ServiceRequest.requested_datetime,
        descending=True,
        geometry=ServiceRequest.location,
        properties=request_properties(jurisdiction.public_url, layers, staff=staff),
        moment=ServiceRequest.requested_datetime,
    )


def _boundaries(jurisdiction: JurisdictionInfo, layer: LayerInfo, interval: Interval) -> Source:
    return Source(
        rows=select()
        .select_from(Boundary)
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .where(Boundary.layer_id == layer.id, _in_force(jurisdiction, interval)),
        sort="added",
        id=Boundary.id,
        has_id=_is_boundary,
        pk=Boundary.id,
        key=Boundary.id,
        descending=False,
        geometry=Boundary.geometry,
        properties={
            "code": Property("text", "Its code.", Boundary.code),
            "name": Property("text", "Its name.", func.nullif(Boundary.name, "")),
            "boundary_set": Property("number", "The number of its map.", BoundarySet.id),
            "source": Property("text", "Where the map is from.", BoundarySet.source),
            "licence": Property("text", "Its licence.", func.nullif(BoundarySet.licence, "")),
            "vintage": Property("text", "As of when it is.", func.nullif(BoundarySet.vintage, "")),
            "in_force_from": Property("day", "Its first day.", BoundarySet.in_force_from),
            "in_force_until": Property(
                "day", "The first day on which it no longer is.", BoundarySet.in_force_until
            ),
        },
    )


def _is_boundary(name: str) -> ColumnElement[bool]:
    """Compare with the number of a boundary, which is that of one map alone."""
    is_number = name.isascii() and name.isdigit() and len(name) < 10
    return Boundary.id == int(name) if is_number else false()


def _in_force(jurisdiction: JurisdictionInfo, interval: Interval) -> ColumnElement[bool]:
    """Give the condition that a map is in force on a day of the interval; today without one."""
    now = datetime.now(UTC)
    if interval == ALWAYS:
        interval = Interval(now, now)
    published: list[ColumnElement[bool]] = [
        BoundarySet.published_at.is_not(None),
        BoundarySet.withdrawn_at.is_(None),
    ]
    if interval.end is not None:
        last = interval.end.astimezone(jurisdiction.zone).date()
        published.append(BoundarySet.in_force_from <= last)
    if interval.begin is not None:
        first = interval.begin.astimezone(jurisdiction.zone).date()
        until = BoundarySet.in_force_until
        published.append(or_(until.is_(None), until > first))
    return and_(*published)
