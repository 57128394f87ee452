"""Reading service requests as the public may see them: only rows with public=True."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

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
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.listing import conditions
from open311.queries.pages import (
    FIRST_PAGE,
    MOST_COUNTED,
    Page,
    Paging,
    cut,
    known_total,
    one_page,
)


def list_service_requests(
    jurisdiction: JurisdictionInfo,
    filters: Mapping[str, Any],
    asked: Paging = FIRST_PAGE,
    *,
    extensions: bool = False,
) -> Page:
    """List one page of service requests; rows are named as in the standard.

    filters holds values by the names of listing.CONDITIONS and LOOKED_UP, where None or an empty
    list is no condition. service_request_id overrides all the rest.
    """
    wanted = conditions(jurisdiction.jurisdiction_id, filters)
    connection = db.session.connection()  # the session would make its own of each row
    found = _public(jurisdiction, extensions=extensions).where(*wanted)
    result = connection.execute(one_page(found, asked))
    page = cut(result.all(), list(result.keys()), asked)
    if page.total is not None:
        return page
    some = select(ServiceRequest.pk).where(_visible(jurisdiction), *wanted)
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())
    return replace(page, total=known_total(connection.execute(counted).scalar_one()))


def get_service_request(
    jurisdiction: JurisdictionInfo, service_request_id: str, *, extensions: bool = False
) -> dict[str, Any]:
    """Get one service request, whatever its age; raises NotFound, also for one not public."""
    statement = _public(jurisdiction, extensions=extensions).where(
        ServiceRequest.service_request_id == service_request_id
    )
    row = db.session.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"service_request_id {service_request_id!r} is not known here.")
    return dict(row)


def of_jurisdiction(jurisdiction: JurisdictionInfo) -> ColumnElement[bool]:
    """Give the condition that a service request is a jurisdiction's own, or its sandbox's."""
    return and_(
        ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id,
        ServiceRequest.sandbox == jurisdiction.sandbox,
    )


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
        .where(_visible(jurisdiction))
    )


def _visible(jurisdiction: JurisdictionInfo) -> ColumnElement[bool]:
    return and_(
        of_jurisdiction(jurisdiction),
        ServiceRequest.public,
        ServiceRequest.withdrawn_at.is_(None),
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
