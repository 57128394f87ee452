"""Properties of service requests that only staff can read."""

from typing import Any

from sqlalchemy import ColumnElement, Float, extract, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from open311.models import RoutingRule, ServiceRequest, TriageEntry, User
from open311.queries.ogc.property import Property
from open311.queries.requests.conditions import is_open, submitted
from open311.queries.search.conditions import is_any_of, is_on_hold, is_transferred, needs_review
from schemas.vocabulary.triage import OF_CLOSED_REQUESTS


def staff_properties() -> dict[str, Property]:
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
        "submitted_datetime": Property("moment", "Time of submission.", submitted()),
        "age_days": Property("number", "Days since it was submitted.", _age()),
        "waits": Property("boolean", "Whether it is waiting for the requester.", is_on_hold()),
        "change_number": Property(
            "number", "Number that increases with each change.", mine.change_number
        ),
        "location_from": Property("text", "Source of the location.", mine.location_from),
        "accuracy": Property("number", "Accuracy of the location in meters.", mine.accuracy_meters),
    }


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
