"""The texts that a city has written for its messages, and which kinds it sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, exists, func, or_, select

from open311.database import db
from open311.models import (
    Contact,
    Message,
    MessageSetting,
    MessageTemplate,
    ServiceRequest,
    StatusChange,
    Subscription,
)
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction
from open311.queries.together import NamedRows
from schemas.vocabulary.message_texts import TEMPLATE_KINDS, USUAL_DELAY
from schemas.vocabulary.telling import (
    ALERT_MESSAGE_KINDS,
    APPROVED,
    CLOSED,
    FOLLOWED,
    FORWARDED,
    MERGED,
    STATUS,
)


@dataclass(frozen=True)
class OwnText:
    """A text of a city: a line with placeholders, and Markdown with placeholders."""

    version: int
    subject: str
    body: str


@dataclass(frozen=True)
class TextVersion:
    """A version of a text; without subject and body it is the built-in one."""

    kind: str
    language: str
    version: int
    subject: str | None
    body: str | None
    made_by: str
    made_at: datetime

    @property
    def own(self) -> OwnText | None:
        """The text; None for the built-in one."""
        if self.subject is None or self.body is None:
            return None
        return OwnText(self.version, self.subject, self.body)


MOST_VERSIONS = 100
"""Versions in a list."""

_COLUMNS = (
    *(MessageTemplate.kind, MessageTemplate.language, MessageTemplate.version),
    *(MessageTemplate.subject, MessageTemplate.body),
    *(MessageTemplate.made_by, MessageTemplate.made_at),
)


def list_versions(
    jurisdiction_id: str, kind: str, language: str, version: int | None = None
) -> Sequence[TextVersion]:
    """List the versions of a text, newest first, MOST_VERSIONS at most, or the given one alone."""
    wanted = [_is_of(jurisdiction_id, kind, language)]
    if version is not None:
        wanted.append(MessageTemplate.version == version)
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(*wanted)
        .order_by(MessageTemplate.version.desc())
        .limit(MOST_VERSIONS)
    )
    return [TextVersion(*row) for row in rows]


def find_newest(jurisdiction_id: str, kind: str, language: str) -> TextVersion | None:
    """Return the newest version of a text; None if the city has never changed it."""
    values = {"jurisdiction_id": jurisdiction_id, "kind": kind, "language": language}
    return next((TextVersion(*row) for row in _newest().read(**values)), None)


@cache
def _newest() -> NamedRows:
    """Select the newest version of a text: each email asks for it."""
    names = ("jurisdiction_id", "kind", "language")
    wanted = _is_of(*(bindparam(name, type_=String) for name in names))
    order = MessageTemplate.version.desc()
    return NamedRows(select(*_COLUMNS).where(wanted).order_by(order).limit(1))


def find_own_text(
    jurisdiction_id: str, kind: str, language: str, version: int | None = None
) -> OwnText | None:
    """Return the city's text for a message: the newest, or a version; None for the built-in one."""
    if version is None:
        found = find_newest(jurisdiction_id, kind, language)
    else:
        found = next(iter(list_versions(jurisdiction_id, kind, language, version)), None)
    return None if found is None else found.own


def newest_text_of(message: Any) -> Any:
    """Select the newest version of the city's text for a row of messages, as a table beside it."""
    return (
        select(
            MessageTemplate.version.label("text_version"),
            MessageTemplate.subject.label("text_subject"),
            MessageTemplate.body.label("text_body"),
        )
        .where(_is_of(message.jurisdiction_id, message.kind, message.language))
        .order_by(MessageTemplate.version.desc())
        .limit(1)
        .correlate(message)
        .lateral("own_texts")
    )


def own_text_of(row: Any) -> OwnText | None:
    """Return the city's text of a row with newest_text_of; None for the built-in one."""
    if row.text_subject is None or row.text_body is None:
        return None
    return OwnText(row.text_version, row.text_subject, row.text_body)


def list_newest(jurisdiction_id: str) -> Mapping[tuple[str, str], TextVersion]:
    """Return the newest versions of all texts of a city, by kind and language."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .distinct(MessageTemplate.kind, MessageTemplate.language)
        .where(MessageTemplate.jurisdiction_id == jurisdiction_id)
        .order_by(MessageTemplate.kind, MessageTemplate.language, MessageTemplate.version.desc())
    )
    return {(row.kind, row.language): TextVersion(*row) for row in rows}


def _is_of(jurisdiction_id: Any, kind: Any, language: Any) -> ColumnElement[bool]:
    return and_(
        MessageTemplate.jurisdiction_id == jurisdiction_id,
        MessageTemplate.kind == kind,
        MessageTemplate.language == language,
        MessageTemplate.channel == "email",
    )


@dataclass(frozen=True)
class KindSetting:
    """Whether a city sends messages of a kind, and for how many minutes statuses are collected."""

    is_on: bool
    delay_minutes: int | None


def read_settings(jurisdiction_id: str) -> Mapping[str, KindSetting]:
    """Return what a city has set, or what is usual, for each of TEMPLATE_KINDS."""
    rows = db.session.execute(
        select(MessageSetting.kind, MessageSetting.is_on, MessageSetting.delay_minutes).where(
            MessageSetting.jurisdiction_id == jurisdiction_id
        )
    )
    stored = {row.kind: KindSetting(row.is_on, row.delay_minutes) for row in rows}
    usual = {
        kind: KindSetting(is_on=True, delay_minutes=USUAL_DELAY if kind == STATUS else None)
        for kind in TEMPLATE_KINDS
    }
    return {**usual, **stored}


def delay_of_statuses(jurisdiction_id: str) -> Any:
    """Return the SQL of the interval for which new statuses of a city are collected."""
    minutes = (
        select(MessageSetting.delay_minutes)
        .where(MessageSetting.jurisdiction_id == jurisdiction_id, MessageSetting.kind == STATUS)
        .scalar_subquery()
    )
    return func.make_interval(0, 0, 0, 0, 0, func.coalesce(minutes, USUAL_DELAY))


def find_sample(jurisdiction: Scope, kind: str) -> str | None:
    """Return the number of the newest request that a message of a kind could be about.

    If there is none, any request will do; None if the city has no requests at all.
    """
    fits = {
        CLOSED: ServiceRequest.status == "closed",
        MERGED: ServiceRequest.duplicate_of_pk.is_not(None),
        APPROVED: ServiceRequest.public,
        FOLLOWED: ServiceRequest.public,
        FORWARDED: exists().where(
            StatusChange.service_request_pk == ServiceRequest.pk,
            StatusChange.kind == FORWARDED,
        ),
        **dict.fromkeys(ALERT_MESSAGE_KINDS, ServiceRequest.public),
    }.get(kind, ServiceRequest.status == "open")
    found: str | None = db.session.scalar(
        select(func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token))
        .where(of_jurisdiction(jurisdiction), not_withdrawn())
        .order_by(fits.desc(), ServiceRequest.pk.desc())
        .limit(1)
    )
    return found


def find_message(jurisdiction_id: str, message_id: int) -> Any:
    """Return a message to a requester or follower with what its text was made of; None without."""
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    return db.session.execute(
        select(
            *(Message.id, Message.kind, Message.language, Message.made_at, Message.state),
            *(Message.sent_at, Message.due_at, Message.reason, Message.failure),
            *(Message.template_version, Message.service_request_pk, Message.channel),
            *(Message.first_change_id, Message.status_change_id, Message.alert_id),
            *(Subscription.is_reporter, Contact.verified_at, Subscription.state.label("wish")),
            name.label("name"),
        )
        .outerjoin(Subscription, Subscription.id == Message.subscription_id)
        .outerjoin(Contact, Contact.id == Subscription.contact_id)
        .outerjoin(ServiceRequest, ServiceRequest.pk == Message.service_request_pk)
        .where(
            Message.jurisdiction_id == jurisdiction_id,
            Message.id == message_id,
            or_(Message.subscription_id.is_not(None), Message.alert_id.is_not(None)),
        )
    ).one_or_none()
