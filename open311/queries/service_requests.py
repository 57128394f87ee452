"""Reading service requests as the public may see them: only rows with public=True.

Those that were withdrawn are left out, or shown as gone.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    String,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from open311.database import db
from open311.errors import NotFound
from open311.models import (
    Boundary,
    BoundaryLayer,
    Department,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
)
from open311.models.service_request import STATUSES
from open311.queries.history import notes
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.media import absolute, media_attributes
from open311.queries.withdrawn import deleted, gone, not_withdrawn, or_tombstone

MOST_ROWS = 1000
"""Rows of a list (spec 2.5)."""


def list_service_requests(
    jurisdiction: JurisdictionInfo,
    filters: Mapping[str, Any],
    *,
    extensions: bool = False,
    tombstones: bool = False,
) -> list[dict[str, Any]]:
    """List service requests, newest first, at most MOST_ROWS; named as in the standard.

    filters holds service_request_id, service_code and status as lists (empty: any), and
    start_date and end_date as aware datetimes, both included. Ids override all the rest.
    With tombstones, those that were withdrawn are there as gone.
    """
    statement = (
        _public(jurisdiction, extensions=extensions, tombstones=tombstones)
        .where(*_conditions(filters))
        .order_by(ServiceRequest.requested_datetime.desc(), ServiceRequest.pk.desc())
        .limit(MOST_ROWS)
    )
    rows = [dict(row) for row in db.session.execute(statement).mappings()]
    return [or_tombstone(row) for row in rows] if tombstones else rows


def get_service_request(
    jurisdiction: JurisdictionInfo, service_request_id: str, *, extensions: bool = False
) -> dict[str, Any]:
    """Get one service request, whatever its age.

    Raises NotFound, also for one that is not public, and Gone for one that was withdrawn.
    """
    statement = _public(jurisdiction, extensions=extensions, tombstones=True).where(
        ServiceRequest.service_request_id == service_request_id
    )
    row = db.session.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"service_request_id {service_request_id!r} is not known here.")
    if row["deleted"]:
        raise gone(service_request_id)
    return or_tombstone(dict(row))


def of_jurisdiction(jurisdiction: JurisdictionInfo) -> ColumnElement[bool]:
    """Give the condition that a service request is a jurisdiction's own, or its sandbox's."""
    return and_(
        ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id,
        ServiceRequest.sandbox == jurisdiction.sandbox,
    )


def is_any_of(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """Compare with one array, as each element of IN would be a parameter of its own."""
    condition: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(String)))
    return condition


def _conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    if filters["service_request_id"]:
        return [is_any_of(ServiceRequest.service_request_id, filters["service_request_id"])]
    conditions = [
        ServiceRequest.requested_datetime >= filters["start_date"],
        ServiceRequest.requested_datetime <= filters["end_date"],
    ]
    if filters["service_code"]:
        conditions.append(is_any_of(Service.service_code, filters["service_code"]))
    if filters["status"]:
        conditions.append(_has_status(filters["status"]))
    return conditions


def _has_status(words: Sequence[str]) -> ColumnElement[bool]:
    """Compare with detailed statuses, of which open and closed stand for all of their kind."""
    condition = is_any_of(ServiceRequest.status, words)
    if set(words) <= set(STATUSES):
        return condition
    return or_(condition, is_any_of(ServiceRequest.detailed_status, words))


def _public(jurisdiction: JurisdictionInfo, *, extensions: bool, tombstones: bool) -> Select[Any]:
    """Select the columns of the standard, and only these, from what the public may see.

    With tombstones also from what was withdrawn, and whether it was.
    """
    columns: list[Any] = [
        ServiceRequest.service_request_id,
        ServiceRequest.status,
        _or_null(ServiceRequest.status_notes).label("status_notes"),
        Service.service_name,
        Service.service_code,
        _or_null(ServiceRequest.description).label("description"),
        Department.name.label("agency_responsible"),
        _or_null(Service.service_notice).label("service_notice"),
        ServiceRequest.requested_datetime,
        ServiceRequest.updated_datetime,
        ServiceRequest.expected_datetime,
        _or_null(ServiceRequest.address_string).label("address"),
        _or_null(ServiceRequest.address_id).label("address_id"),
        _or_null(ServiceRequest.zipcode).label("zipcode"),
        func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
        func.ST_X(ServiceRequest.location, type_=Float).label("long"),
        absolute(ServiceRequest.media_url, jurisdiction.public_url).label("media_url"),
    ]
    if extensions:
        extended = _extended_attributes(jurisdiction.public_url)
        columns.append(extended.label("extended_attributes"))
    if tombstones:
        columns.append(deleted())
    statement = (
        select(*columns)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(of_jurisdiction(jurisdiction), ServiceRequest.public)
    )
    return statement if tombstones else statement.where(not_withdrawn())


def _or_null(column: Any) -> ColumnElement[str | None]:
    return func.nullif(column, "")


def _extended_attributes(public_url: str) -> ColumnElement[Any]:
    """Build the additions to the standard's fields (spec 5.4)."""
    additions = {
        "boundaries": _boundaries(),
        "detailed_status": ServiceRequest.detailed_status,
        "notes": notes(),
        **media_attributes(public_url),
    }
    return func.json_build_object(*chain(*additions.items()))


def _boundaries() -> ColumnElement[Any]:
    """Build {layer: code, …} in the order of layers."""
    return (
        select(
            func.coalesce(
                func.json_object_agg(
                    BoundaryLayer.code,
                    aggregate_order_by(Boundary.code, BoundaryLayer.position, BoundaryLayer.id),
                ),
                func.json_build_object(),
            )
        )
        .select_from(ServiceRequestBoundary)
        .join(BoundaryLayer, BoundaryLayer.id == ServiceRequestBoundary.layer_id)
        .join(Boundary, Boundary.id == ServiceRequestBoundary.boundary_id)
        .where(ServiceRequestBoundary.service_request_pk == ServiceRequest.pk)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
