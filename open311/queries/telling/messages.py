"""Messages: those to be sent now, and lists of them for staff."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from open311.database import db
from open311.models import Message, ServiceRequest, Subscription
from schemas.vocabulary.telling import FIRST_SENT

BATCH = 50
"""Messages over one connection to the mail server."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets a message. address is for the envelope alone.

    is_verified: a link of a message to this address was used. is_confirmed: of one about this very
    request. The tokens are those of the secret links; track_token is for the requester only.
    """

    address: str = field(repr=False)
    language: str
    is_reporter: bool
    is_verified: bool
    is_confirmed: bool
    follow_token: str = field(repr=False)
    track_token: str | None = field(default=None, repr=False)


def list_due(now: datetime, most_an_hour: int) -> Sequence[int]:
    """List the ids of messages to send now, most important first.

    One that is being sent is due as well: whoever asks is the only sender, so that the former one
    has ended before it was done.
    """
    sent = db.session.scalar(
        select(func.count()).select_from(Message).where(Message.sent_at > now - HOUR)
    )
    most = min(BATCH, most_an_hour - (sent or 0))
    if most <= 0:
        return ()
    return db.session.scalars(
        select(Message.id)
        .where(Message.state.in_(("waiting", "sending")), Message.due_at <= now)
        .order_by(_importance(), Message.due_at, Message.id)
        .limit(most)
    ).all()


def _importance() -> ColumnElement[int]:
    places = {kind: place for place, kind in enumerate(FIRST_SENT)}
    return case(places, value=Message.kind, else_=len(FIRST_SENT))


def select_messages(pk: Any) -> Any:
    """Select the messages about a service request, in order, without their recipients."""
    return (
        select(
            Message.id,
            Message.kind,
            Message.state,
            Message.reason,
            Message.failure,
            Message.made_at,
            Message.sent_at,
            Message.due_at,
            Subscription.is_reporter,
        )
        .join(Subscription, Subscription.id == Message.subscription_id)
        .where(Message.service_request_pk == pk)
        .order_by(Message.id)
    )


PAGE = 100


def list_messages(
    jurisdiction_id: str, state: str | None = None, before: int | None = None
) -> Sequence[Any]:
    """List messages of a city, newest first, PAGE at most; before is the id of a message."""
    wanted = [Message.jurisdiction_id == jurisdiction_id]
    if state is not None:
        wanted.append(Message.state == state)
    if before is not None:
        wanted.append(Message.id < before)
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    return db.session.execute(
        select(
            Message.id,
            Message.kind,
            Message.state,
            Message.reason,
            Message.failure,
            Message.made_at,
            Message.sent_at,
            Message.due_at,
            Message.attempts,
            Subscription.is_reporter,
            name.label("name"),
        )
        .join(Subscription, Subscription.id == Message.subscription_id)
        .join(ServiceRequest, ServiceRequest.pk == Message.service_request_pk)
        .where(*wanted)
        .order_by(Message.id.desc())
        .limit(PAGE)
    ).all()


def count_states(jurisdiction_id: str) -> dict[str, int]:
    """Count the messages of a city by state."""
    rows = db.session.execute(
        select(Message.state, func.count())
        .where(Message.jurisdiction_id == jurisdiction_id)
        .group_by(Message.state)
    )
    return {row[0]: row[1] for row in rows}
