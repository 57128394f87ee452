"""Lists of what is stored about a service request, for its pages on the website."""

from typing import Any

from sqlalchemy import ColumnElement, Float, and_, any_, false, func, literal, or_, select

from open311.models import (
    ApiKey,
    Boundary,
    Contact,
    Department,
    Feedback,
    ForeignEndpoint,
    Forwarding,
    Hold,
    Media,
    Moderation,
    ReceivedUpdate,
    RoutingRule,
    RoutingStep,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
    StatusChange,
    Subscription,
    Support,
)
from open311.queries.requests.conditions import not_withdrawn, submitted
from open311.queries.together import Rows

BY_REPORTER = "track-"
"""Begins the update_id of what the reporter added with the secret link."""

BY_SUPPORTER = "me-too-"
"""Begins that of what someone added who has the same problem."""

BY_EMAIL = "mail-"
"""Begins that of what came by email from another address than the reporter's."""


def shown_lists(pk: Any, comments: ColumnElement[bool]) -> dict[str, Rows]:
    """Return what both pages show; comments is the condition of the received updates among it."""
    return {
        "one": _select_one(pk),
        "steps": _select_steps(pk),
        "comments": _select_comments(pk, comments),
        "media": _select_media(pk),
        "departments": _select_departments(pk),
        "moderations": _select_moderations(pk),
        "supports": select(func.count().label("number")).where(Support.service_request_pk == pk),
        "links": _select_links(pk),
        "feedback": _select_feedback(pk),
        "forwardings": _select_sent(pk),
    }


def _select_sent(pk: Any) -> Rows:
    """Select the other servers that have the request, with its number there."""
    return (
        select(ForeignEndpoint.name, Forwarding.foreign_id)
        .join(ForeignEndpoint, ForeignEndpoint.id == Forwarding.endpoint_id)
        .where(Forwarding.service_request_pk == pk, Forwarding.foreign_id.is_not(None))
        .order_by(Forwarding.id)
    )


def _select_one(pk: Any) -> Rows:
    return (
        select(
            ServiceRequest.pk,
            ServiceRequest.service_request_id,
            ServiceRequest.public,
            ServiceRequest.withdrawn_at,
            ServiceRequest.status,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
            Service.service_code,
            Service.service_name,
            Service.type.label("service_type"),
            Service.reopen_days,
            Department.code.label("department_code"),
            Department.name.label("department"),
            RoutingRule.code.label("rule_code"),
            RoutingRule.public_reason,
            _name_of_deciding_boundary().label("deciding_boundary"),
            ServiceRequest.pinned,
            ServiceRequest.service_id,
            ServiceRequest.department_id,
            submitted().label("requested_at"),
            ServiceRequest.expected_datetime,
            ServiceRequest.first_expected_datetime,
            ServiceRequest.waits_since,
            ServiceRequest.address_string,
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
            ServiceRequest.description,
            ServiceRequest.media_url,
            ServiceRequest.answers,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .outerjoin(RoutingRule, RoutingRule.id == ServiceRequest.routing_rule_id)
        .where(ServiceRequest.pk == pk)
    )


def _name_of_deciding_boundary() -> ColumnElement[str | None]:
    """Select the boundary at the place in the layer of the rule, if the rule has one."""
    mine = ServiceRequestBoundary
    return (
        select(func.coalesce(func.nullif(Boundary.name, ""), Boundary.code))
        .join(mine, Boundary.id == any_(func.array_append(mine.others, mine.boundary_id)))
        .where(
            mine.service_request_pk == ServiceRequest.pk,
            mine.layer_id == RoutingRule.layer_id,
            or_(
                Boundary.code == RoutingRule.boundary_code,
                and_(RoutingRule.boundary_code.is_(None), Boundary.id == mine.boundary_id),
            ),
        )
        .correlate(ServiceRequest, RoutingRule)
        .scalar_subquery()
    )


def _select_steps(pk: Any) -> Rows:
    """Select the history, with steps that only tell a new department."""
    return (
        select(
            StatusChange.id,
            StatusChange.changed_at.label("at"),
            StatusChange.kind,
            StatusChange.status,
            StatusChange.detailed_status,
            StatusChange.status_notes,
            StatusChange.opening,
            StatusChange.department_id,
            Service.service_code,
            Service.service_name,
            ReceivedUpdate.id.label("update_id"),
        )
        .outerjoin(ReceivedUpdate, ReceivedUpdate.status_change_id == StatusChange.id)
        .outerjoin(Service, Service.id == StatusChange.service_id)
        .where(StatusChange.service_request_pk == pk)
        .order_by(StatusChange.id)
    )


def is_own() -> ColumnElement[bool]:
    """Return the condition that the reporter added it with the secret link."""
    by_site = and_(ReceivedUpdate.update_id.startswith(BY_REPORTER), ApiKey.kind == "site")
    return func.coalesce(by_site, false())


def _select_comments(pk: Any, condition: ColumnElement[bool]) -> Rows:
    """Select comments; those that need approval have no id."""
    return (
        select(
            ReceivedUpdate.id.label("update_id"),
            ReceivedUpdate.comment_id.label("id"),
            func.coalesce(ReceivedUpdate.accepted_at, ReceivedUpdate.received_at).label("at"),
            ReceivedUpdate.description,
            ReceivedUpdate.by_city,
            is_own().label("own"),
        )
        .outerjoin(ApiKey, ApiKey.id == ReceivedUpdate.api_key_id)
        .where(
            ReceivedUpdate.service_request_pk == pk,
            ReceivedUpdate.status_change_id.is_(None),
            condition,
        )
        .order_by(ReceivedUpdate.id)
    )


def _select_media(pk: Any) -> Rows:
    return (
        select(Media.url, Media.name, Media.status_change_id, Media.received_update_id)
        .where(Media.service_request_pk == pk)
        .order_by(Media.position)
    )


def _select_departments(pk: Any) -> Rows:
    """Select the department of each routing step before it: the first is that of the beginning."""
    return (
        select(RoutingStep.from_department_id)
        .where(RoutingStep.service_request_pk == pk)
        .order_by(RoutingStep.id)
    )


def _select_moderations(pk: Any) -> Rows:
    return (
        select(
            Moderation.target,
            Moderation.kind,
            Moderation.reason,
            Moderation.received_update_id,
            Moderation.made_by.is_(None).label("by_reporter"),
            Moderation.made_at.label("at"),
        )
        .where(Moderation.service_request_pk == pk)
        .order_by(Moderation.id)
    )


def _select_links(pk: Any) -> Rows:
    """Select linked requests; only a public one may be named. kind is what they are to this one."""
    mine = ServiceRequest.__table__.alias("mine")
    kinds = {
        "main": ServiceRequest.pk == mine.c.duplicate_of_pk,
        "continues": ServiceRequest.pk == mine.c.continues_pk,
        "continued_as": ServiceRequest.continues_pk == mine.c.pk,
        "duplicate": ServiceRequest.duplicate_of_pk == mine.c.pk,
    }
    parts = [
        select(
            literal(kind).label("kind"),
            ServiceRequest.service_request_id,
            ServiceRequest.public,
            ServiceRequest.pk,
        )
        .select_from(mine)
        .join(ServiceRequest, condition)
        .where(mine.c.pk == pk, not_withdrawn())
        for kind, condition in kinds.items()
    ]
    found = parts[0].union_all(*parts[1:]).subquery()
    return select(found).order_by(found.c.kind, found.c.pk)


def _select_feedback(pk: Any) -> Rows:
    """Select the answers to "Is it fixed?", without their texts, which are for staff."""
    return (
        select(Feedback.status_change_id, Feedback.answer)
        .where(Feedback.service_request_pk == pk)
        .order_by(Feedback.status_change_id)
    )


def private_lists(pk: Any) -> dict[str, Rows]:
    holds = select(Hold.rule, Hold.outcome).where(Hold.service_request_pk == pk).order_by(Hold.rule)
    subscriptions = (
        select(Subscription.state, Contact.kind, Contact.verified_at)
        .join(Contact, Contact.id == Subscription.contact_id)
        .where(Subscription.service_request_pk == pk, Subscription.is_reporter)
        .order_by(Subscription.id)
    )
    return {"holds": holds, "subscriptions": subscriptions}
