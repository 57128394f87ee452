"""The properties of features: what each is called, what kind it is of, and where it comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, extract, func, select
from sqlalchemy.orm import aliased

from open311.models import (
    Boundary,
    Department,
    RoutingRule,
    RoutingStep,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
    TriageEntry,
    User,
)
from open311.queries.media import absolute


@dataclass(frozen=True)
class Property:
    """A property of a feature. kind is text, number, boolean or moment; NULL where it has none.

    equals gives the condition that it has a value where there is a faster one than to compare.
    """

    kind: str
    title: str
    column: Any
    equals: Callable[[str], ColumnElement[bool]] | None = None


Properties = Mapping[str, Property]


def request_properties(public_url: str, layers: Mapping[str, int], *, staff: bool) -> Properties:
    """Give the properties of service requests, by their names. layers are ids by codes."""
    shown = _of_everyone(public_url)
    shown |= {
        layer: Property(
            "text",
            f"The code of the {layer} that it lies in.",
            _code(layer_id),
            partial(_lies_in, layer_id),
        )
        for layer, layer_id in layers.items()
        if layer not in shown
    }
    return {**shown, **_of_staff()} if staff else shown


def _of_everyone(public_url: str) -> dict[str, Property]:
    mine = ServiceRequest
    overdue = and_(
        mine.status == "open", mine.waits_since.is_(None), mine.expected_datetime < func.now()
    )
    return {
        "service_request_id": Property("text", "Its id.", mine.service_request_id),
        "status": Property("text", "open or closed.", mine.status),
        "detailed_status": Property("text", "Its status more exactly.", mine.detailed_status),
        "status_notes": Property("text", "Why it is so.", _or_null(mine.status_notes)),
        "service_code": Property("text", "The service asked for.", Service.service_code),
        "service_name": Property("text", "The service by its name.", Service.service_name),
        "group": Property("text", "The group of the service.", _or_null(Service.group)),
        "description": Property("text", "What is the matter.", _or_null(mine.description)),
        "agency_responsible": Property("text", "The department it is with.", Department.name),
        "requested_datetime": Property("moment", "When it was made.", mine.requested_datetime),
        "updated_datetime": Property("moment", "When it last changed.", mine.updated_datetime),
        "expected_datetime": Property("moment", "When it is due.", mine.expected_datetime),
        "overdue": Property(
            "boolean", "Whether it is open and past due.", func.coalesce(overdue, False)
        ),
        "address": Property("text", "Where it is, in words.", _or_null(mine.address_string)),
        "zipcode": Property("text", "The postal code.", _or_null(mine.zipcode)),
        "media_url": Property("text", "A picture.", absolute(mine.media_url, public_url)),
        "near_border": Property(
            "boolean", "Whether another boundary is within its accuracy.", mine.near_border
        ),
    }


def _of_staff() -> dict[str, Property]:
    mine = ServiceRequest
    return {
        "token": Property("text", "What it is known by before it has an id.", mine.token),
        "published": Property("boolean", "Whether everyone may see it.", mine.public),
        "pinned": Property("boolean", "Whether a person has settled its department.", mine.pinned),
        "accepted_datetime": Property(
            "moment", "When its department took it on.", mine.accepted_at
        ),
        "routing_rule": Property("text", "The rule that routed it.", _rule()),
        "routing_reason": Property("text", "Why it is with its department.", mine.routing_reason),
        "waits_for": Property("text", "What someone should look at, of triage.", _waits_for()),
        "assigned_to": Property("text", "The member of staff who has it in hand.", _assigned()),
        "handed_over": Property(
            "boolean", "Whether it was handed over, and waits to be taken on.", _handed_over()
        ),
        "duplicate_of": Property("text", "The service request that it repeats.", _main()),
        "age_days": Property("number", "How many days ago it was made.", _age()),
        "waits": Property(
            "boolean", "Whether it waits for who reported it.", mine.waits_since.is_not(None)
        ),
        "change_number": Property(
            "number", "A number that grows with each change.", mine.change_number
        ),
        "location_from": Property("text", "Where its place is from.", mine.location_from),
        "accuracy": Property("number", "How far it may be off, in metres.", mine.accuracy_metres),
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


def _lies_in(layer_id: int, code: str) -> ColumnElement[bool]:
    """Give the condition that a service request lies in a boundary of a layer, of whichever map."""
    boundaries = select(Boundary.id).where(Boundary.layer_id == layer_id, Boundary.code == code)
    return ServiceRequest.pk.in_(
        select(ServiceRequestBoundary.service_request_pk).where(
            ServiceRequestBoundary.boundary_id.in_(boundaries)
        )
    )


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


def _handed_over() -> ColumnElement[Any]:
    last = (
        select(RoutingStep.kind)
        .where(RoutingStep.service_request_pk == ServiceRequest.pk)
        .order_by(RoutingStep.id.desc())
        .limit(1)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
    waits = and_(ServiceRequest.accepted_at.is_(None), last == "handed_over")
    return func.coalesce(waits, False)


def _main() -> ColumnElement[Any]:
    main = aliased(ServiceRequest)
    return (
        select(func.coalesce(main.service_request_id, main.token))
        .where(main.pk == ServiceRequest.duplicate_of_pk)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def _age() -> ColumnElement[Any]:
    days = extract("epoch", func.now() - ServiceRequest.requested_datetime) / 86_400
    return func.floor(days).cast(Float)


def _waits_for() -> ColumnElement[Any]:
    reasons = func.string_agg(TriageEntry.reason, " ")
    return (
        select(reasons)
        .where(
            TriageEntry.service_request_pk == ServiceRequest.pk,
            TriageEntry.settled_at.is_(None),
        )
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
