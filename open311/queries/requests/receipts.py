"""Receipts of submitted requests, and tokens that lead to their ids."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Interval,
    LargeBinary,
    Row,
    Select,
    String,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP, array

from open311.database import db
from open311.errors import Conflict, IdempotencyKeyReused
from open311.messages.submissions import IDEMPOTENCY_KEY_REUSED, UPDATE_ID_USED
from open311.models import Receipt, ReceivedUpdate, Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, not_withdrawn, of_jurisdiction
from open311.queries.requests.updates import get_update_token, id_of_update
from open311.statements import Statement

KEY_LIFETIME = timedelta(hours=24)
"""Time for which an Idempotency-Key refers to its first submission."""

DRAFT_LIFETIME = timedelta(days=14)
"""The same for the website, whose drafts may wait on a phone until it is online again."""

AFTER_APPROVAL = timedelta(days=7)
"""Time after approval for which the same submission still gets its token."""

HANDLES = ("service_request_id", "token")


class SendingForm(NamedTuple):
    """Which of its optional values a sending has; the SQL about it depends on nothing else."""

    has_key: bool
    has_sender: bool


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One report: sender, endpoint, Idempotency-Key with its lifetime, and a hash of its content.

    The public key of the test endpoint has no api_key_id. Without an Idempotency-Key, equal content
    within repeat_window is a retry.
    """

    jurisdiction_id: str
    sandbox: bool
    api_key_id: int | None
    idempotency_key: str | None
    fingerprint: bytes
    repeat_window: timedelta
    key_lifetime: timedelta = KEY_LIFETIME

    @property
    def form(self) -> SendingForm:
        return SendingForm(self.idempotency_key is not None, self.api_key_id is not None)

    def values(self, now: datetime) -> dict[str, Any]:
        """Return the values of the parameters SENT."""
        return {
            "sent_to": self.jurisdiction_id,
            "sent_to_sandbox": self.sandbox,
            "sent_by": self.api_key_id,
            "sent_key": self.idempotency_key,
            "sent_fingerprint": self.fingerprint,
            "sent_at": now,
            "sent_window": self.repeat_window,
            "sent_lifetime": self.key_lifetime,
        }


class SENT:
    """The parameters of SQL about a sending, by the columns of Receipt that they belong to."""

    jurisdiction_id = bindparam("sent_to", type_=String)
    sandbox = bindparam("sent_to_sandbox", type_=Boolean)
    api_key_id = bindparam("sent_by", type_=Integer)
    idempotency_key = bindparam("sent_key", type_=String)
    fingerprint = bindparam("sent_fingerprint", type_=LargeBinary)
    received_at = bindparam("sent_at", type_=TIMESTAMP(timezone=True))
    repeat_window = bindparam("sent_window", type_=Interval)
    key_lifetime = bindparam("sent_lifetime", type_=Interval)
    may_repeat = repeat_window > timedelta()


def find_receipt(sending: Sending, now: datetime) -> dict[str, Any] | None:
    """Return the response to the first attempt; None if this is the first.

    Raises IdempotencyKeyReused if the Idempotency-Key was used with other content.
    """
    rows = _first(sending.form).read(sending.values(now))
    return answer_of(sending, *rows[0]) if rows else None


def answer_of(sending: Sending, fingerprint: bytes, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the response of a receipt; raises IdempotencyKeyReused."""
    if fingerprint != sending.fingerprint:
        raise IdempotencyKeyReused(IDEMPOTENCY_KEY_REUSED)
    return answer


@cache
def _first(form: SendingForm) -> Statement:
    return Statement(select_first(form), prepared=True)


def select_first(form: SendingForm) -> Select[Any]:
    """Select fingerprint and answer of the first attempt of a sending SENT, if there is one.

    With an Idempotency-Key, the attempt with this key within its lifetime; without one, the attempt
    with the same content within the repeat window, or within that lifetime if its response had
    neither an id nor a token. In both cases, the attempt with the same content whose id the client
    may not know yet, of any age.
    """
    now = SENT.received_at
    same_content = Receipt.fingerprint == SENT.fingerprint
    living = Receipt.received_at > now - SENT.key_lifetime
    if not form.has_key:
        # Without a window, not even an attempt that another process has dated a moment later.
        recent = and_(SENT.may_repeat, Receipt.received_at > now - SENT.repeat_window)
        nameless = and_(living, ~Receipt.answer.has_any(array(HANDLES)))
        return _attempts(form, same_content, or_(recent, nameless, expects_id(now)))
    same_key = Receipt.idempotency_key == SENT.idempotency_key
    by_key = _attempts(form, same_key, living).add_columns(literal(1).label("place"))
    by_content = _attempts(form, same_content, expects_id(now)).add_columns(
        literal(2).label("place")
    )
    both = union_all(*(select(one.subquery()) for one in (by_key, by_content))).subquery("both")
    return select(both.c.fingerprint, both.c.answer).order_by(both.c.place).limit(1)


def expects_id(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return the condition that the client of a receipt may not know the id of its submission yet.

    The submission waits under a token, or was approved within AFTER_APPROVAL: a client such as
    FixMyStreet asks for a token only after it has sent the submission again.
    """
    return exists().where(
        ServiceRequest.pk == Receipt.service_request_pk,
        ServiceRequest.sandbox == Receipt.sandbox,
        ServiceRequest.token.is_not(None),
        or_(
            ServiceRequest.service_request_id.is_(None),
            ServiceRequest.requested_datetime > now - AFTER_APPROVAL,
        ),
        not_withdrawn(),
    )


def of_sender(form: SendingForm) -> ColumnElement[bool]:
    """Return the condition that a receipt has the sender and the endpoint of SENT."""
    sender = (
        Receipt.api_key_id == SENT.api_key_id if form.has_sender else Receipt.api_key_id.is_(None)
    )
    return and_(
        Receipt.jurisdiction_id == SENT.jurisdiction_id, Receipt.sandbox == SENT.sandbox, sender
    )


def _attempts(form: SendingForm, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Receipt.fingerprint, Receipt.answer)
        .where(of_sender(form), *conditions)
        .order_by(Receipt.service_request_pk)
        .limit(1)
    )


@dataclass(frozen=True, kw_only=True)
class UpdateSending:
    """What identifies an update: its sender's update_id, for a request, and its content.

    api_key_id is None for the sandbox's key. status is the detailed status that the update claims,
    or None.
    """

    api_key_id: int | None
    service_request_id: str
    update_id: str
    status: str | None
    description: str


def find_first_answer(jurisdiction: Scope, sending: UpdateSending) -> dict[str, str] | None:
    """Return the response to an update that was sent before, named as in spec 5.6.

    None if this is the first. Raises Conflict if the update_id was used with another text, or by a
    key that decides on statuses with another status. The status of other keys is not compared:
    FixMyStreet sends the present one with each attempt.
    """
    row = db.session.execute(
        select(
            ReceivedUpdate.token,
            id_of_update().label("published_as"),
            ReceivedUpdate.description,
            ReceivedUpdate.status,
            ReceivedUpdate.by_city,
            ServiceRequest.withdrawn_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.service_request_id == sending.service_request_id,
            ReceivedUpdate.api_key_id.is_not_distinct_from(sending.api_key_id),
            ReceivedUpdate.update_id == sending.update_id,
        )
    ).one_or_none()
    if row is None:
        return None
    differs = row.description != sending.description or (
        row.by_city and row.status != sending.status
    )
    if differs and row.withdrawn_at is None:
        raise Conflict(
            UPDATE_ID_USED,
            field="update_id",
            update_id=sending.update_id,
            id=sending.service_request_id,
        )
    return {"token": row.token} if row.token else {"update_id": str(row.published_as)}


def get_token(jurisdiction: Scope, token: str) -> dict[str, Any]:
    """Return the token, and service_request_id once it is approved.

    The token of an update has update_id, and the same id as service_request_id, which FixMyStreet
    reads here for both. Raises NotFound, and Gone for a withdrawn service request.
    """
    row = db.session.execute(
        select(ServiceRequest.service_request_id, ServiceRequest.withdrawn_at).where(
            of_jurisdiction(jurisdiction), ServiceRequest.token == token
        )
    ).one_or_none()
    if row is None:
        update = get_update_token(jurisdiction, token)
        same = {"service_request_id": id_} if (id_ := update.get("update_id")) else {}
        return {**same, **update}
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id, token)
    accepted = {} if row.service_request_id is None else {"service_request_id": row[0]}
    return {**accepted, "token": token}


def list_pending_tokens(jurisdiction: Scope) -> list[Row[str | None, str, datetime]]:
    """List submissions held for approval as (token, service_code, requested_datetime)."""
    statement = (
        select(ServiceRequest.token, Service.service_code, ServiceRequest.requested_datetime)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.token.is_not(None),
            ServiceRequest.service_request_id.is_(None),
            not_withdrawn(),
        )
        .order_by(ServiceRequest.requested_datetime, ServiceRequest.pk)
    )
    return list(db.session.execute(statement).all())
