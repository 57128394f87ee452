"""Reading service requests as the public may see them: only rows with public=True."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, and_, any_, func, literal, select
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
from open311.queries.imports import find_current_ids
from open311.queries.jurisdictions import JurisdictionInfo

MOST_ROWS = 1000
"""Rows of a list (spec 2.5)."""


def list_service_requests(
    jurisdiction: JurisdictionInfo, filters: Mapping[str, Any], *, extensions: bool = False
) -> list[dict[str, Any]]:
    """List service requests, newest first, at most MOST_ROWS; named as in the standard.

    filters holds service_request_id, service_code and status as lists (empty: any), and
    start_date and end_date as aware datetimes, both included. Ids override all the rest; those
    that service requests had at another server count as well.
    """
    ids = filters["service_request_id"]
    if ids:
        filters = {**filters, "service_request_id": [*ids, *_current_ids(jurisdiction, ids)]}
    statement = (
        _public(jurisdiction, extensions=extensions)
        .where(*_conditions(filters))
        .order_by(ServiceRequest.requested_datetime.desc(), ServiceRequest.pk.desc())
        .limit(MOST_ROWS)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]


def get_service_request(
    jurisdiction: JurisdictionInfo, service_request_id: str, *, extensions: bool = False
) -> dict[str, Any]:
    """Get one service request, whatever its age; raises NotFound, also for one not public.

    An id that it had at the server it was imported from leads to it as well.
    """
    statement = _public(jurisdiction, extensions=extensions).where(
        ServiceRequest.service_request_id == service_request_id
    )
    row = db.session.execute(statement).mappings().one_or_none()
    if row is None and (current := _current_ids(jurisdiction, [service_request_id])):
        return get_service_request(jurisdiction, current[0], extensions=extensions)
    if row is None:
        raise NotFound(f"service_request_id {service_request_id!r} is not known here.")
    return dict(row)


def _current_ids(jurisdiction: JurisdictionInfo, former_ids: Sequence[str]) -> list[str]:
    return list(find_current_ids(jurisdiction, former_ids).values())


def of_jurisdiction(jurisdiction: JurisdictionInfo) -> ColumnElement[bool]:
    """Give the condition that a service request is a jurisdiction's own, or its sandbox's."""
    return and_(
        ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id,
        ServiceRequest.sandbox == jurisdiction.sandbox,
    )


def _conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    if filters["service_request_id"]:
        return [_is_any_of(ServiceRequest.service_request_id, filters["service_request_id"])]
    conditions = [
        ServiceRequest.requested_datetime >= filters["start_date"],
        ServiceRequest.requested_datetime <= filters["end_date"],
    ]
    if filters["service_code"]:
        conditions.append(_is_any_of(Service.service_code, filters["service_code"]))
    if filters["status"]:
        conditions.append(_is_any_of(ServiceRequest.status, filters["status"]))
    return conditions


def _is_any_of(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """Compare with one array, as each element of IN would be a parameter of its own."""
    condition: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(String)))
    return condition


def _public(jurisdiction: JurisdictionInfo, *, extensions: bool) -> Select[Any]:
    """Select the columns of the standard, and only these, from what the public may see."""
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
        _or_null(ServiceRequest.media_url).label("media_url"),
    ]
    if extensions:
        columns.append(_extended_attributes().label("extended_attributes"))
    return (
        select(*columns)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(of_jurisdiction(jurisdiction), ServiceRequest.public)
    )


def _or_null(column: Any) -> ColumnElement[str | None]:
    return func.nullif(column, "")


def _extended_attributes() -> ColumnElement[Any]:
    """Build {"boundaries": {layer: code, …}} in the order of layers (spec 5.4)."""
    boundaries = (
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
    return func.json_build_object("boundaries", boundaries)
