"""Collections in SQL: rows, properties, and order."""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from open311.errors import NotFound
from open311.messages.search import COLLECTION_UNKNOWN
from open311.models import Boundary, BoundarySet, Department, Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS, LayerInfo, list_layers
from open311.queries.maps.sets import PUBLISHED
from open311.queries.ogc.grid import Grid
from open311.queries.ogc.properties import request_properties
from open311.queries.ogc.property import Properties, Property
from open311.queries.requests.conditions import known_as, or_null
from open311.queries.search.criteria import Criteria, Period
from open311.queries.search.orders import NEWEST_FIRST, Order
from open311.queries.search.places import is_in_area, is_in_box, is_within
from open311.queries.search.terms import Term, terms, unnamed
from open311.queries.search.visibility import Audience, visible_to


@dataclass(frozen=True)
class FeatureSource:
    """A collection. rows selects no columns yet, and joins all tables that properties use.

    terms converts criteria to SQL. layers are the codes of the properties that contain boundary
    codes. Statements about a source with a key are kept: it is equal for sources of the same rows,
    and counted selects these rows without the other tables. grid contains the totals of service
    requests, for tiles.
    """

    collection: str
    rows: Select[Any]
    order: Order
    id: Any
    has_id: Callable[[str], ColumnElement[bool]]
    geometry: Any
    properties: Properties
    terms: Callable[[Criteria], list[Term]]
    layers: Collection[str] = ()
    grid: Grid | None = None
    counted: Select[Any] = field(default_factory=select)
    has_points: bool = False
    key: Hashable = None


def get_source(
    jurisdiction: Scope,
    collection: str,
    interval: Period,
    *,
    staff: bool,
    layers: Sequence[LayerInfo] | None = None,
) -> FeatureSource:
    """Get a collection by its id; raises NotFound. interval selects the boundary sets.

    layers are those that list_layers returned, if it was called before.
    """
    layers = list_layers(jurisdiction.jurisdiction_id) if layers is None else layers
    if collection == REQUESTS:
        return _requests(jurisdiction, tuple(layers), staff=staff)
    for layer in layers:
        if layer.code == collection:
            return _boundaries(jurisdiction, layer, interval)
    known = ", ".join([REQUESTS, *(layer.code for layer in layers)])
    raise NotFound(COLLECTION_UNKNOWN, collection=collection, known=known)


@lru_cache(maxsize=64)
def _requests(jurisdiction: Scope, layers: tuple[LayerInfo, ...], *, staff: bool) -> FeatureSource:
    audience = Audience.STAFF if staff else Audience.PUBLIC
    by_code = {one.code: one for one in layers}
    return FeatureSource(
        collection=REQUESTS,
        rows=select()
        .select_from(ServiceRequest)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(visible_to(audience, jurisdiction)),
        order=NEWEST_FIRST,
        # What is neither published nor waits for it has no other name that is its own.
        id=func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token),
        has_id=known_as,
        geometry=ServiceRequest.location,
        properties=request_properties(jurisdiction, by_code, staff=staff),
        terms=partial(terms, jurisdiction),
        layers=by_code.keys(),
        counted=select(ServiceRequest.pk).where(visible_to(audience, jurisdiction)),
        grid=Grid(jurisdiction, audience),
        has_points=True,
        key=(jurisdiction, layers, staff),
    )


def _boundaries(jurisdiction: Scope, layer: LayerInfo, interval: Period) -> FeatureSource:
    return FeatureSource(
        collection=layer.code,
        rows=select()
        .select_from(Boundary)
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .where(Boundary.layer_id == layer.id, _in_force(jurisdiction, interval)),
        order=Order("added", Boundary.id, Boundary.id),
        id=Boundary.id,
        has_id=_is_boundary,
        geometry=Boundary.geometry,
        properties={
            "code": Property("text", "Boundary code.", Boundary.code),
            "name": Property("text", "Boundary name.", or_null(Boundary.name)),
            "boundary_set": Property("number", "Number of the boundary set.", BoundarySet.id),
            "source": Property("text", "Source of the boundary set.", BoundarySet.source),
            "license": Property("text", "License of the data.", or_null(BoundarySet.license)),
            "vintage": Property("text", "Data date or edition.", or_null(BoundarySet.vintage)),
            "in_force_from": Property("day", "Effective date.", BoundarySet.in_force_from),
            "in_force_until": Property(
                "day",
                "End date: the first day on which it is no longer in effect.",
                BoundarySet.in_force_until,
            ),
        },
        terms=lambda criteria: [unnamed(one) for one in _of_boundaries(criteria)],
    )


def _of_boundaries(criteria: Criteria) -> list[ColumnElement[bool]]:
    """Return the conditions of an area; the period is applied when boundary sets are selected."""
    found = []
    if criteria.box is not None:
        found.append(is_in_box(Boundary.geometry, criteria.box))
    if criteria.area is not None:
        found.append(is_in_area(Boundary.geometry, criteria.area))
    if criteria.circle is not None:
        circle = criteria.circle
        found.append(is_within(Boundary.geometry, circle.center, circle.meters))
    return found


def _is_boundary(name: str) -> ColumnElement[bool]:
    """Return the condition that a boundary has this id."""
    is_number = name.isascii() and name.isdigit() and len(name) < 10
    return Boundary.id == int(name) if is_number else false()


def _in_force(jurisdiction: Scope, interval: Period) -> ColumnElement[bool]:
    """Return the condition that a boundary set is current in the interval, or today."""
    now = datetime.now(UTC)
    if interval.is_always:
        interval = Period(now, now)
    published: list[ColumnElement[bool]] = [PUBLISHED]
    if interval.end is not None:
        last = interval.end.astimezone(jurisdiction.zone).date()
        published.append(BoundarySet.in_force_from <= last)
    if interval.begin is not None:
        first = interval.begin.astimezone(jurisdiction.zone).date()
        until = BoundarySet.in_force_until
        published.append(or_(until.is_(None), until > first))
    return and_(*published)
