"""Rules of a city's records schedule, and what they have for today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from open311.database import db
from open311.models import (
    Erasure,
    Feedback,
    Flag,
    Media,
    Message,
    MessageItem,
    NotePhoto,
    Receipt,
    ReceivedUpdate,
    Reporter,
    RetentionRule,
    ServiceRequest,
    Subscription,
    UpdateReporter,
    WebhookAttempt,
    WorkStep,
)
from open311.models.history import FREE_STEPS
from open311.queries.requests.legal_holds import has_hold
from schemas.vocabulary.retention import (
    ANONYMIZE,
    DELETE,
    FREE_TEXT,
    LOG,
    PHOTO,
    RECEIPT,
    RECORD_SERIES,
    REPORTER,
    STAFF_NOTE,
    UPDATE_REPORTER,
)


@dataclass(frozen=True, kw_only=True)
class RuleInfo:
    """A rule for one of RECORD_SERIES, with one of its actions."""

    series: str
    months: int
    action: str
    authority: str


def list_retention_rules(jurisdiction_id: str) -> list[RuleInfo]:
    """List the rules of a city in the order of RECORD_SERIES."""
    names = ("series", "months", "action", "authority")
    rows = db.session.execute(
        select(*(getattr(RetentionRule, name) for name in names)).where(
            RetentionRule.jurisdiction_id == jurisdiction_id
        )
    )
    order = list(RECORD_SERIES)
    found = [RuleInfo(**row._mapping) for row in rows]
    return sorted(found, key=lambda rule: order.index(rule.series))


def find_retention_rule(jurisdiction_id: str, series: str) -> RuleInfo | None:
    """Return the rule of a city for a series, if it has one."""
    found = (rule for rule in list_retention_rules(jurisdiction_id) if rule.series == series)
    return next(found, None)


def has_retention_rules(jurisdiction_id: str) -> bool:
    """Return whether a city has any rule."""
    mine = exists().where(RetentionRule.jurisdiction_id == jurisdiction_id)
    return bool(db.session.scalar(select(mine)))


def start_of_period(months: int) -> datetime:
    """Return the time before which records are older than a number of months, in UTC."""
    start: datetime = db.session.scalars(select(func.now() - _months(months))).one()
    return start


def _months(number: int) -> Any:
    return func.make_interval(0, number)


@dataclass(frozen=True)
class Due:
    """What a rule has for today: the number of requests, and the first of their numbers."""

    rule: RuleInfo
    number: int
    names: Sequence[str]


NAMES_SHOWN = 20
"""Numbers of requests that a plan shows for each series."""


def plan_retention(jurisdiction_id: str) -> list[Due]:
    """Return what each rule of a city has for today, without changing anything."""
    return [_due(jurisdiction_id, rule) for rule in list_retention_rules(jurisdiction_id)]


def _due(jurisdiction_id: str, rule: RuleInfo) -> Due:
    found = select_due(jurisdiction_id, rule, start_of_period(rule.months)).subquery()
    number = db.session.scalar(select(func.count()).select_from(found)) or 0
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    first = (
        select(name)
        .where(ServiceRequest.pk.in_(select(found.c.pk)))
        .order_by(ServiceRequest.pk)
        .limit(NAMES_SHOWN)
    )
    return Due(rule, number, db.session.scalars(first).all())


def select_due(jurisdiction_id: str, rule: RuleInfo, before: datetime) -> Select[int]:
    """Select the keys of the requests that a rule is for, whose period began before a time.

    They are closed, or nobody approved them, their status has not changed since, they have no legal
    hold, and they have something of the series.
    """
    pk = ServiceRequest.pk
    return select(pk).where(
        ServiceRequest.jurisdiction_id == jurisdiction_id,
        ServiceRequest.updated_datetime < before,
        or_(ServiceRequest.status == "closed", ServiceRequest.service_request_id.is_(None)),
        ~has_hold(),
        _is_left(rule, before),
    )


def _is_left(rule: RuleInfo, before: datetime) -> ColumnElement[bool]:
    """Build the condition that a request has something of a series; texts are looked at once."""
    pk = ServiceRequest.pk
    old = ReceivedUpdate.received_at < before
    of_update = ReceivedUpdate.service_request_pk == pk, old
    if rule.series in (FREE_TEXT, STAFF_NOTE):
        return ~_is_done(rule, before)
    return {
        REPORTER: or_(
            exists().where(Reporter.service_request_pk == pk),
            exists().where(Subscription.service_request_pk == pk),
        ),
        UPDATE_REPORTER: exists().where(
            UpdateReporter.received_update_id == ReceivedUpdate.id, *of_update
        ),
        PHOTO: or_(
            ServiceRequest.media_url != "",
            exists().where(Media.service_request_pk == pk, Media.received_update_id.is_(None)),
            exists().where(Media.received_update_id == ReceivedUpdate.id, *of_update),
            exists().where(NotePhoto.service_request_pk == pk),
        ),
        RECEIPT: exists().where(Receipt.service_request_pk == pk),
        LOG: or_(*(exists().where(condition) for _model, condition in log_entries(pk, before))),
    }[rule.series]


def log_entries(pk: Any, before: datetime) -> Sequence[tuple[Any, ColumnElement[bool]]]:
    """Return the models of the log, each with the condition of what is older than a time."""
    message = exists().where(Message.id == MessageItem.message_id, Message.made_at < before)
    return (
        (MessageItem, and_(MessageItem.service_request_pk == pk, message)),
        (Message, and_(Message.service_request_pk == pk, Message.made_at < before)),
        (
            WebhookAttempt,
            and_(WebhookAttempt.service_request_pk == pk, WebhookAttempt.tried_at < before),
        ),
    )


_LATER: Mapping[str, Sequence[tuple[Any, Any]]] = {
    FREE_TEXT: (
        (ReceivedUpdate, ReceivedUpdate.received_at),
        (Feedback, Feedback.answered_at),
        (Flag, Flag.made_at),
    ),
    STAFF_NOTE: ((WorkStep, WorkStep.made_at),),
}
"""Texts that can come after the last change of status, with their times."""


def _is_done(rule: RuleInfo, before: datetime) -> ColumnElement[bool]:
    """Build the condition that a rule was applied, or more, and nothing is older since."""
    actions = (DELETE,) if rule.action == DELETE else (ANONYMIZE, DELETE)
    until = Erasure.erased_at - _months(rule.months)
    later = (
        exists()
        .where(
            model.service_request_pk == ServiceRequest.pk,
            moment < before,
            moment >= until,
            *((WorkStep.kind.in_(FREE_STEPS),) if model is WorkStep else ()),
        )
        .correlate(ServiceRequest, Erasure)
        for model, moment in _LATER[rule.series]
    )
    by_rule = (Erasure.series == rule.series) & Erasure.action.in_(actions)
    return exists().where(
        Erasure.service_request_pk == ServiceRequest.pk,
        by_rule | (Erasure.basis == "withdrawal"),
        Erasure.erased_at >= ServiceRequest.updated_datetime,
        *(~one for one in later),
    )
