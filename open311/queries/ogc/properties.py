"""The properties of features: what each is called, what kind it is of, and where it comes from."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, func, select

from open311.models import (
    Boundary,
    Department,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
)
from open311.queries.jurisdictions import Scope
from open311.queries.media import absolute
from open311.queries.ogc.property import Properties, Property
from open311.queries.ogc.staff_properties import staff_properties
from open311.queries.search.conditions import (
    is_in_boundary,
    is_of_group,
    is_of_service,
    is_overdue,
)
from open311.queries.search.criteria import BoundaryCode


def request_properties(
    jurisdiction: Scope, layers: Mapping[str, int], *, staff: bool
) -> Properties:
    """Return the properties of service requests, by their names. layers are ids by codes."""
    shown = _of_everyone(jurisdiction)
    shown |= {
        layer: Property(
            "text",
            f"The code of the {layer} that it lies in.",
            _code(layer_id),
            partial(_is_in, jurisdiction.jurisdiction_id, layer),
        )
        for layer, layer_id in layers.items()
        if layer not in shown
    }
    return {**shown, **staff_properties()} if staff else shown


def _of_everyone(jurisdiction: Scope) -> dict[str, Property]:
    mine, id_ = ServiceRequest, jurisdiction.jurisdiction_id
    of_service, of_group = partial(is_of_service, id_), partial(is_of_group, id_)
    overdue = func.coalesce(is_overdue(), False)
    picture = absolute(mine.media_url, jurisdiction.public_url)
    return {
        "service_request_id": Property("text", "Its id.", mine.service_request_id),
        "status": Property("text", "open or closed.", mine.status),
        "detailed_status": Property("text", "Its status more exactly.", mine.detailed_status),
        "status_notes": Property("text", "Why it is so.", _or_null(mine.status_notes)),
        "service_code": Property(
            "text", "The service asked for.", Service.service_code, of_service
        ),
        "service_name": Property("text", "The service by its name.", Service.service_name),
        "group": Property("text", "The group of the service.", _or_null(Service.group), of_group),
        "description": Property("text", "What is the matter.", _or_null(mine.description)),
        "agency_responsible": Property("text", "The department it is with.", Department.name),
        "requested_datetime": Property("moment", "When it was made.", mine.requested_datetime),
        "updated_datetime": Property("moment", "When it last changed.", mine.updated_datetime),
        "expected_datetime": Property("moment", "When it is due.", mine.expected_datetime),
        "overdue": Property(
            "boolean", "Whether it is open and past due.", overdue, is_true=is_overdue
        ),
        "address": Property("text", "Where it is, in words.", _or_null(mine.address_string)),
        "zipcode": Property("text", "The postal code.", _or_null(mine.zipcode)),
        "media_url": Property("text", "A picture.", picture),
        "near_border": Property(
            "boolean", "Whether another boundary is within its accuracy.", mine.near_border
        ),
    }


def _or_null(column: Any) -> ColumnElement[Any]:
    return func.nullif(column, "")


def _code(layer_id: int) -> ColumnElement[Any]:
    return (
        select(Boundary.code)
        .join(ServiceRequestBoundary, ServiceRequestBoundary.boundary_id == Boundary.id)
        .where(
            ServiceRequestBoundary.service_request_pk == ServiceRequest.pk,
            ServiceRequestBoundary.layer_id == layer_id,
        )
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _is_in(jurisdiction_id: str, layer: str, codes: Sequence[str]) -> ColumnElement[bool]:
    return is_in_boundary(jurisdiction_id, [BoundaryCode(layer, code) for code in codes])
