"""Properties of features: names, types, and columns."""

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
from open311.queries.requests.public import or_null
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
    """Return the properties of service requests by name. layers contains ids by code."""
    shown = _of_everyone(jurisdiction)
    shown |= {
        layer: Property(
            "text",
            f"Code of the {layer} at the location.",
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
        "service_request_id": Property("text", "Request number.", mine.service_request_id),
        "status": Property("text", "Status: open or closed.", mine.status),
        "detailed_status": Property("text", "Detailed status.", mine.detailed_status),
        "status_notes": Property("text", "Public note on the status.", or_null(mine.status_notes)),
        "service_code": Property("text", "Service code.", Service.service_code, of_service),
        "service_name": Property("text", "Service name.", Service.service_name),
        "group": Property("text", "Service group.", or_null(Service.group), of_group),
        "description": Property("text", "Description by the requester.", or_null(mine.description)),
        "agency_responsible": Property("text", "Responsible department.", Department.name),
        "requested_datetime": Property(
            "moment",
            "Time of submission; of approval, if the service is of type batch.",
            mine.requested_datetime,
        ),
        "updated_datetime": Property("moment", "Time of the last change.", mine.updated_datetime),
        "expected_datetime": Property("moment", "Due date.", mine.expected_datetime),
        "overdue": Property(
            "boolean", "Whether it is open and past due.", overdue, is_true=is_overdue
        ),
        "address": Property("text", "Address.", or_null(mine.address_string)),
        "zipcode": Property("text", "Postal code.", or_null(mine.zipcode)),
        "media_url": Property("text", "URL of a photo.", picture),
        "near_border": Property(
            "boolean",
            "Whether another boundary is within the accuracy of the location.",
            mine.near_border,
        ),
    }


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
