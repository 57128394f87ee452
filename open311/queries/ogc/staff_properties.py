"""The properties of service requests that staff alone see."""

from typing import Any

from sqlalchemy import ColumnElement, Float, extract, func, select
from sqlalchemy.orm import aliased

from open311.models import RoutingRule, ServiceRequest, TriageEntry, User
from open311.queries.ogc.property import Property
from open311.queries.search.conditions import is_on_hold, is_transferred, needs_review


def staff_properties() -> dict[str, Property]:
    """Return the properties by their names."""
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
        "waits_for": Property(
            "text", "What someone should look at, of triage.", _waits_for(), is_set=needs_review
        ),
        "assigned_to": Property("text", "The member of staff who has it in hand.", _assigned()),
        "handed_over": Property(
            "boolean", "Whether it was handed over, and waits to be taken on.", is_transferred()
        ),
        "duplicate_of": Property("text", "The service request that it repeats.", _main()),
        "age_days": Property("number", "How many days ago it was made.", _age()),
        "waits": Property("boolean", "Whether it waits for who reported it.", is_on_hold()),
        "change_number": Property(
            "number", "A number that grows with each change.", mine.change_number
        ),
        "location_from": Property("text", "Where its place is from.", mine.location_from),
        "accuracy": Property("number", "How far it may be off, in metres.", mine.accuracy_metres),
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
