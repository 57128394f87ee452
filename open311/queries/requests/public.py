"""Reads of service requests for the public: only rows with public=True.

Withdrawn requests are excluded, or returned as tombstones.
"""

from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Float, Numeric, Select, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import SQLCoreOperations

from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import (
    Boundary,
    BoundaryLayer,
    Department,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
)
from open311.queries.imports import find_current_ids
from open311.queries.jurisdictions import Scope
from open311.queries.media import absolute, media_attributes
from open311.queries.requests.conditions import deleted, gone, or_tombstone
from open311.queries.requests.history import notes
from open311.queries.requests.last_change import settled_change
from open311.queries.search.conditions import conditions
from open311.queries.search.counts import count_rows, known_total
from open311.queries.search.criteria import Criteria
from open311.queries.search.orders import ORDERS
from open311.queries.search.pages import FIRST_PAGE, Page, Paging, cut, one_page
from open311.queries.search.visibility import Audience, visible_to


def boundaries() -> ColumnElement[Any]:
    """Build {layer: code, …} in the order of layers."""
    inside = Boundary.id == ServiceRequestBoundary.boundary_id
    return func.coalesce(_by_layer(Boundary.code, inside, true()), func.json_build_object())


def near_border() -> ColumnElement[Any]:
    """Build an object of the boundaries within the accuracy of the location, by layer.

    NULL without one.
    """
    metres = func.round(cast(ServiceRequestBoundary.neighbour_metres, Numeric), 1)
    neighbour = func.json_build_object(
        "code", Boundary.code, "name", Boundary.name, "metres", metres
    )
    next_to = Boundary.id == ServiceRequestBoundary.neighbour_id
    return _by_layer(neighbour, next_to, ServiceRequestBoundary.near)


def _by_layer(
    value: Any, boundary: ColumnElement[bool], condition: SQLCoreOperations[bool]
) -> ColumnElement[Any]:
    ordered = aggregate_order_by(value, BoundaryLayer.position, BoundaryLayer.id)
    return (
        select(func.json_object_agg(BoundaryLayer.code, ordered))
        .select_from(ServiceRequestBoundary)
        .join(BoundaryLayer, BoundaryLayer.id == ServiceRequestBoundary.layer_id)
        .join(Boundary, boundary)
        .where(ServiceRequestBoundary.service_request_pk == ServiceRequest.pk, condition)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def list_service_requests(
    jurisdiction: Scope,
    criteria: Criteria,
    asked: Paging = FIRST_PAGE,
    *,
    extensions: bool = False,
    tombstones: bool = False,
) -> Page:
    """Return one page of service requests; rows are named as in the standard.

    With tombstones, withdrawn requests are included as tombstones. A list by number of change ends
    before the first number that may still be missing.
    """
    audience = Audience.COPY if tombstones else Audience.PUBLIC
    order = ORDERS[asked.sort]
    wanted = conditions(jurisdiction, criteria)
    if order.by_change:
        wanted.append(order.key <= settled_change())
    connection = db.session.connection()  # the session would make its own of each row
    found = _public(jurisdiction, audience, extensions=extensions).where(*wanted)
    page_of = one_page(found, order, asked.page_size, asked.after, asked.offset)
    result = connection.execute(page_of)
    page = cut(result.all(), list(result.keys()), asked)
    if tombstones:
        page = replace(page, rows=[or_tombstone(row) for row in page.rows])
    if page.total is not None:
        return page
    rows = select(ServiceRequest.pk).where(visible_to(audience, jurisdiction), *wanted)
    return replace(page, total=known_total(count_rows(rows)))


def get_service_request(
    jurisdiction: Scope, service_request_id: str, *, extensions: bool = False
) -> dict[str, Any]:
    """Get one service request of any age.

    The id of an imported request on its former server is accepted as well. Raises NotFound, also
    for a nonpublic request, and Gone for a withdrawn one.
    """
    statement = _public(jurisdiction, Audience.COPY, extensions=extensions).where(
        ServiceRequest.service_request_id == service_request_id
    )
    row = db.session.execute(statement).mappings().one_or_none()
    if row is None and (current := find_current_ids(jurisdiction, [service_request_id])):
        [id_] = current.values()
        return get_service_request(jurisdiction, id_, extensions=extensions)
    if row is None:
        raise NotFound(REQUEST_UNKNOWN, id=service_request_id)
    if row["deleted"]:
        raise gone(service_request_id)
    return or_tombstone(dict(row))


def _public(jurisdiction: Scope, audience: Audience, *, extensions: bool) -> Select[Any]:
    """Select exactly the columns of the standard, of the rows that the audience can read.

    For copies, also whether each was withdrawn.
    """
    columns: list[Any] = [
        ServiceRequest.service_request_id,
        ServiceRequest.status,
        or_null(ServiceRequest.status_notes).label("status_notes"),
        Service.service_name,
        Service.service_code,
        or_null(ServiceRequest.description).label("description"),
        Department.name.label("agency_responsible"),
        or_null(Service.service_notice).label("service_notice"),
        ServiceRequest.requested_datetime,
        ServiceRequest.updated_datetime,
        ServiceRequest.expected_datetime,
        or_null(ServiceRequest.address_string).label("address"),
        or_null(ServiceRequest.address_id).label("address_id"),
        or_null(ServiceRequest.zipcode).label("zipcode"),
        func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
        func.ST_X(ServiceRequest.location, type_=Float).label("long"),
        absolute(ServiceRequest.media_url, jurisdiction.public_url).label("media_url"),
    ]
    if extensions:
        extended = _extended_attributes(jurisdiction.public_url)
        columns.append(extended.label("extended_attributes"))
    if audience is Audience.COPY:
        columns.append(deleted())
    return (
        select(*columns)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(visible_to(audience, jurisdiction))
    )


def or_null(column: Any) -> ColumnElement[str | None]:
    """Return a column of texts with null for empty ones."""
    return func.nullif(column, "")


def _extended_attributes(public_url: str) -> ColumnElement[Any]:
    """Build the additions to the standard's fields (spec 5.4)."""
    additions = {
        "boundaries": boundaries(),
        "near_border": near_border(),
        "detailed_status": ServiceRequest.detailed_status,
        "notes": notes(),
        **media_attributes(public_url),
    }
    return func.json_build_object(*chain(*additions.items()))
