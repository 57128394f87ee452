"""Properties of service requests as features: names, types, and columns."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Float, String, any_, case, extract, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from open311.models import (
    Boundary,
    Department,
    RoutingRule,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
    TriageEntry,
    User,
)
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import LayerInfo
from open311.queries.media import absolute
from open311.queries.ogc.property import Properties, Property
from open311.queries.requests.conditions import is_open, or_null, submitted
from open311.queries.search.conditions import (
    has_priority,
    held_since,
    is_any_of,
    is_held,
    is_in_boundary,
    is_in_overlap,
    is_of_group,
    is_of_service,
    is_on_hold,
    is_overdue,
    is_transferred,
    needs_review,
    tags_of,
)
from open311.queries.search.criteria import BoundaryCode
from schemas.vocabulary.marking import N_
from schemas.vocabulary.priorities import RANK_OF
from schemas.vocabulary.triage import OF_CLOSED_REQUESTS


def request_properties(
    jurisdiction: Scope, layers: Mapping[str, LayerInfo], *, staff: bool
) -> Properties:
    """Return the properties of service requests by name. layers are by code."""
    shown = _of_everyone(jurisdiction)
    shown |= {
        layer: Property(
            "text",
            f"{'Codes' if one.overlapping else 'Code'} of the {layer} at the location.",
            _codes(one.id) if one.overlapping else _code(one.id),
            partial(_is_in, jurisdiction.jurisdiction_id, layer),
        )
        for layer, one in layers.items()
        if layer not in shown
    }
    return {**shown, **_of_staff(), **_labels(), **_of_views()} if staff else shown


def _of_everyone(jurisdiction: Scope) -> dict[str, Property]:
    mine, id_ = ServiceRequest, jurisdiction.jurisdiction_id
    of_service, of_group = partial(is_of_service, id_), partial(is_of_group, id_)
    overdue = func.coalesce(is_overdue(), False)
    return {
        "service_request_id": Property("text", N_("Request number."), mine.service_request_id),
        "status": Property("text", N_("Status: open or closed."), mine.status),
        "detailed_status": Property("text", N_("Detailed status."), mine.detailed_status),
        "status_notes": Property(
            "text", N_("Public note on the status."), or_null(mine.status_notes)
        ),
        "service_code": Property("text", N_("Service code."), Service.service_code, of_service),
        "service_name": Property("text", N_("Service name."), Service.service_name),
        "group": Property("text", N_("Service group."), or_null(Service.group), of_group),
        "description": Property(
            "text", N_("Description by the requester."), or_null(mine.description)
        ),
        "agency_responsible": Property("text", N_("Responsible department."), Department.name),
        "requested_datetime": Property(
            "moment",
            N_("Time of submission; of approval, if the service is of type batch."),
            mine.requested_datetime,
        ),
        "updated_datetime": Property(
            "moment", N_("Time of the last change."), mine.updated_datetime
        ),
        "expected_datetime": Property("moment", N_("Due date."), mine.expected_datetime),
        "overdue": Property(
            "boolean", N_("Whether it is open and past due."), overdue, is_true=is_overdue
        ),
        **_of_places(jurisdiction),
    }


def _of_places(jurisdiction: Scope) -> dict[str, Property]:
    mine = ServiceRequest
    picture = absolute(mine.media_url, jurisdiction.public_url)
    return {
        "address": Property("text", N_("Address."), or_null(mine.address_string)),
        "zipcode": Property("text", N_("Postal code."), or_null(mine.zipcode)),
        "media_url": Property("text", N_("URL of a photo."), picture),
        "near_border": Property(
            "boolean",
            N_("Whether another boundary is within the accuracy of the location."),
            mine.near_border,
        ),
        "in_overlap": Property(
            "boolean",
            N_("Whether boundaries of a layer that should not overlap do so at the location."),
            is_in_overlap(),
            is_true=is_in_overlap,
        ),
    }


def _of_staff() -> dict[str, Property]:
    """Return the properties that only staff can read."""
    mine = ServiceRequest
    return {
        "token": Property("text", "Token, until the request has a number.", mine.token),
        "published": Property("boolean", "Whether it is public.", mine.public),
        "pinned": Property("boolean", "Whether its department was set manually.", mine.pinned),
        "accepted_datetime": Property(
            "moment", "Time at which its department acknowledged it.", mine.accepted_at
        ),
        "routing_rule": Property(
            "text", "Code of the routing rule that selected its department.", _rule()
        ),
        "routing_reason": Property(
            "text", "Why this department was selected.", mine.routing_reason
        ),
        "waits_for": Property(
            "text", "Reasons for review, separated by spaces.", _waits_for(), is_set=needs_review
        ),
        "assigned_to": Property("text", "Username of the assignee.", _assigned()),
        "handed_over": Property(
            "boolean", "Whether it was transferred and is not yet acknowledged.", is_transferred()
        ),
        "duplicate_of": Property(
            "text", "Number of the original request, if it is a duplicate.", _main()
        ),
        "channel": Property("text", "How it came in, such as phone or website.", mine.channel),
        "submitted_datetime": Property("moment", "Time of submission.", submitted()),
        "age_days": Property("number", "Days since it was submitted.", _age()),
        "waits": Property("boolean", "Whether it is waiting for the requester.", is_on_hold()),
        "held": Property("boolean", "Whether it is held until staff look at it.", is_held()),
        "held_since": Property(
            "moment", "Time since which it is held until staff look at it.", held_since()
        ),
        "change_number": Property(
            "number", "Number that increases with each change.", mine.change_number
        ),
        "location_from": Property("text", "Source of the location.", mine.location_from),
        "accuracy": Property("number", "Accuracy of the location in meters.", mine.accuracy_meters),
    }


def _labels() -> dict[str, Property]:
    """Return what staff have put on requests, which only they can read."""
    return {
        "priority": Property(
            "text", "Priority: urgent, high, normal, or low.", _priority(), has_priority
        ),
        "tags": Property(
            "text", "Tags, in alphabetical order, with commas between them.", tags_of()
        ),
    }


def _of_views() -> dict[str, Property]:
    meaning = "Time at which someone who may work on it first opened its page."
    return {"first_viewed_datetime": Property("moment", meaning, ServiceRequest.first_viewed_at)}


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


def _codes(layer_id: int) -> ColumnElement[Any]:
    """Return the codes of an overlapping layer at a location, in order, with commas between."""
    mine = ServiceRequestBoundary
    ordered = aggregate_order_by(literal(", "), Boundary.position)
    return (
        select(func.string_agg(Boundary.code, ordered))
        .join(mine, Boundary.id == any_(func.array_append(mine.others, mine.boundary_id)))
        .where(mine.service_request_pk == ServiceRequest.pk, mine.layer_id == layer_id)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _is_in(jurisdiction_id: str, layer: str, codes: Sequence[str]) -> ColumnElement[bool]:
    return is_in_boundary(jurisdiction_id, [BoundaryCode(layer, code) for code in codes])


def _rule() -> ColumnElement[Any]:
    return (
        select(RoutingRule.code)
        .where(RoutingRule.id == ServiceRequest.routing_rule_id)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _assigned() -> ColumnElement[Any]:
    return (
        select(User.name)
        .where(User.id == ServiceRequest.assigned_user_id)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _priority() -> ColumnElement[Any]:
    whens = {rank: literal(code, String) for code, rank in RANK_OF.items()}
    return case(whens, value=ServiceRequest.priority)


def _main() -> ColumnElement[Any]:
    main = aliased(ServiceRequest)
    return (
        select(func.coalesce(main.service_request_id, main.token))
        .where(main.pk == ServiceRequest.duplicate_of_pk)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _age() -> ColumnElement[Any]:
    days = extract("epoch", func.now() - submitted()) / 86_400
    return func.floor(days).cast(Float)


def _waits_for() -> ColumnElement[Any]:
    reasons = func.string_agg(TriageEntry.reason, aggregate_order_by(literal(" "), TriageEntry.id))
    return (
        select(reasons)
        .where(
            TriageEntry.service_request_pk == ServiceRequest.pk,
            TriageEntry.settled_at.is_(None),
            or_(is_open(), is_any_of(TriageEntry.reason, OF_CLOSED_REQUESTS)),
        )
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
