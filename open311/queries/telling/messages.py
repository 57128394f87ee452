"""Messages: those to be sent now, and lists of them for staff."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import Department, Message, MessageItem, ServiceRequest, Subscription, User
from schemas.vocabulary.notices import DAY, LINK_PURPOSES
from schemas.vocabulary.telling import ALERT, FIRST_SENT

BATCH = 50
"""Messages over one connection to the mail server."""

HOUR = timedelta(hours=1)

KEPT_FREE = 10
"""The last of so many parts of an hour's messages is for those that someone may wait for."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets a message. address is for the envelope alone.

    is_verified: a link of a message to this address was used. is_confirmed: of one about this very
    request. The tokens are those of the secret links; track_token is for the requester only, and so
    is reply_code, which is empty where nobody reads replies.
    """

    address: str = field(repr=False)
    language: str
    is_reporter: bool
    is_verified: bool
    is_confirmed: bool
    follow_token: str = field(repr=False)
    track_token: str | None = field(default=None, repr=False)
    reply_code: str = field(default="", repr=False)


def list_due(now: datetime, most_an_hour: int) -> Sequence[int]:
    """List the ids of messages to send now, most important first."""
    due = db.session.execute(
        select(Message.id, Message.kind)
        .where(Message.state == "waiting", Message.due_at <= now)
        .order_by(_importance(), Message.due_at, Message.id)
        .limit(BATCH)
    ).all()
    if not due:
        return ()
    sent = db.session.scalar(
        select(func.count()).select_from(Message).where(Message.sent_at > now - HOUR)
    )
    left = max(most_an_hour - (sent or 0), 0)
    is_short = left <= most_an_hour // KEPT_FREE
    return [row.id for row in due if not (is_short and row.kind == ALERT)][:left]


def _importance() -> ColumnElement[int]:
    first = (*LINK_PURPOSES, *FIRST_SENT)
    places = {kind: place for place, kind in enumerate(first)}
    return case({**places, ALERT: len(first) + 1}, value=Message.kind, else_=len(first))


def find_others(message_ids: Sequence[int]) -> Mapping[int, bool]:
    """Return those of some messages that are not about one request, and whether an alert has it.

    The others of them go to users and departments.
    """
    is_one = Message.id == any_(literal(list(message_ids), ARRAY(BigInteger)))
    found = select(Message.id, Message.alert_id.is_not(None)).where(
        is_one, Message.subscription_id.is_(None)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def select_messages(pk: Any) -> Any:
    """Select the messages about a service request, in order; of recipients, the names of staff.

    Those of a day are left out: they are about many.
    """
    own = select(Message.id).where(Message.service_request_pk == pk)
    of_staff = select(MessageItem.message_id).where(MessageItem.service_request_pk == pk)
    return (
        select(
            Message.id,
            Message.kind,
            Message.channel,
            Message.state,
            Message.reason,
            Message.failure,
            Message.made_at,
            Message.sent_at,
            Message.due_at,
            Subscription.is_reporter,
            func.coalesce(User.name, Department.name).label("staff"),
        )
        .outerjoin(Subscription, Subscription.id == Message.subscription_id)
        .outerjoin(User, User.id == Message.user_id)
        .outerjoin(Department, Department.id == Message.department_id)
        .where(Message.id.in_(own.union_all(of_staff)), Message.kind != DAY)
        .order_by(Message.id)
    )


PAGE = 100


def list_messages(
    jurisdiction_id: str, states: Collection[str] = (), before: int | None = None
) -> Sequence[Any]:
    """List messages of a city, newest first, PAGE at most; without states, in all of them.

    Failures that were settled are in the list of all alone. before is the id of a message.
    """
    wanted = [Message.jurisdiction_id == jurisdiction_id]
    if states:
        wanted += [Message.state.in_(states), Message.settled_at.is_(None)]
    if before is not None:
        wanted.append(Message.id < before)
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    return db.session.execute(
        select(
            Message.id,
            Message.kind,
            Message.channel,
            Message.state,
            Message.reason,
            Message.failure,
            Message.made_at,
            Message.sent_at,
            Message.due_at,
            Message.settled_at,
            Message.settled_by,
            Message.alert_id,
            Subscription.is_reporter,
            name.label("name"),
            func.coalesce(User.name, Department.name).label("staff"),
        )
        .outerjoin(Subscription, Subscription.id == Message.subscription_id)
        .outerjoin(ServiceRequest, ServiceRequest.pk == Message.service_request_pk)
        .outerjoin(User, User.id == Message.user_id)
        .outerjoin(Department, Department.id == Message.department_id)
        .where(*wanted)
        .order_by(Message.id.desc())
        .limit(PAGE)
    ).all()


def count_states(jurisdiction_id: str) -> dict[str, int]:
    """Count the messages of a city by state, without failures that were settled."""
    rows = db.session.execute(
        select(Message.state, func.count())
        .where(Message.jurisdiction_id == jurisdiction_id, Message.settled_at.is_(None))
        .group_by(Message.state)
    )
    return {row[0]: row[1] for row in rows}
