"""From what happened to the messages that tell it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from open311.database import db
from open311.models import ServiceRequest, Telling
from open311.operations.transaction import operation
from open311.queries.requests.requester import find_address_of_app
from open311.queries.telling.facts import photos_of, read_changes
from open311.queries.telling.recipients import (
    find_usual_language,
    list_subscriptions,
)
from open311.steps.residents.subscriptions import store_subscription
from open311.steps.telling.messages import NewMessage, store_messages, store_track_link
from schemas.vocabulary.telling import (
    APPROVED,
    CLOSED,
    CONFIRM,
    EMAIL,
    FOLLOWED,
    FORWARDED,
    MERGED,
    QUESTION,
    RECEIVED,
    REOPENED,
    SMS,
    SMS_KINDS,
    STATUS,
    WITHOUT_STEP,
)

BATCH = 100
"""Tellings in one transaction."""

LATEST = timedelta(days=3)
"""Age at which a telling is forgotten, as after a time without a running sender."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@operation
def tell_due(secret_key: str, now: datetime) -> int:
    """Turn what is due into messages, and return how many tellings there were.

    The steps of one service request whose telling waits become one message to each recipient,
    which is about the newest state.
    """
    taken = _take(now)
    if not taken:
        return 0
    requests = _read_requests({telling.service_request_pk for telling in taken})
    for pk, request in requests.items():
        mine = [telling for telling in taken if telling.service_request_pk == pk]
        for telling in mine:
            if telling.kind == RECEIVED:
                _tell_receipt(request, telling, secret_key, now)
            elif telling.kind == CONFIRM:
                _ask_for_confirmation(request, telling, secret_key, now)
        steps = [telling for telling in mine if telling.kind not in WITHOUT_STEP]
        if steps:
            _tell_steps(request, steps, secret_key, now)
    return len(taken)


def _take(now: datetime) -> Sequence[Any]:
    """Delete the tellings that are due, with later steps of the same requests, and return them."""
    due = db.session.execute(
        select(Telling.id, Telling.service_request_pk, Telling.kind)
        .where(Telling.due_at <= now)
        .order_by(Telling.due_at, Telling.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return ()
    is_step = Telling.kind.not_in(WITHOUT_STEP)
    pks = [row.service_request_pk for row in due if row.kind not in WITHOUT_STEP]
    taken = delete(Telling).where(
        or_(Telling.id.in_([row.id for row in due]), is_step & Telling.service_request_pk.in_(pks))
    )
    columns = Telling.__table__.columns
    rows = db.session.execute(taken.returning(*columns)).all()
    fresh = [row for row in rows if row.due_at > now - LATEST]
    return sorted(fresh, key=lambda row: row.id)


def _read_requests(pks: set[int]) -> Mapping[int, Any]:
    """Return the service requests that messages may be about, by primary key."""
    rows = db.session.execute(
        select(ServiceRequest.pk, ServiceRequest.jurisdiction_id, ServiceRequest.duplicate_of_pk)
        .where(
            ServiceRequest.pk.in_(pks),
            ServiceRequest.sandbox.is_(False),
            ServiceRequest.withdrawn_at.is_(None),
        )
        .order_by(ServiceRequest.pk)
    )
    return {row.pk: row for row in rows}


def _tell_receipt(request: Any, telling: Any, secret_key: str, now: datetime) -> None:
    """Write to the requester, whose address becomes a subscription if an app has sent it."""
    typed = find_address_of_app(request.pk)
    language = find_usual_language(request.jurisdiction_id)
    if _ADDRESS.fullmatch(typed) and language is not None:
        store_subscription(
            request.jurisdiction_id, request.pk, typed, language, now, is_reporter=True
        )
    wishes = [
        one for one in list_subscriptions(request.pk) if one.is_reporter and one.kind == EMAIL
    ]
    new = [NewMessage(RECEIVED, telling.id, one.id, one.language) for one in wishes]
    _store(request, new, secret_key, now, for_reporter=bool(new))


def _ask_for_confirmation(request: Any, telling: Any, secret_key: str, now: datetime) -> None:
    wishes = list_subscriptions(request.pk)
    new = [
        NewMessage(CONFIRM, telling.id, one.id, one.language, channel=one.kind)
        for one in wishes
        if one.id == telling.subscription_id and _has_to_confirm(one)
    ]
    _store(request, new, secret_key, now)


def _has_to_confirm(wish: Any) -> bool:
    """Return whether the owner of an address or a number is asked; of a number, that is once."""
    is_known = wish.kind == SMS and wish.verified_at is not None
    return wish.state == "unconfirmed" and not is_known


def _tell_steps(request: Any, steps: Sequence[Any], secret_key: str, now: datetime) -> None:
    first, last = (end(one.status_change_id for one in steps) for end in (min, max))
    kind = _kind(request, {one.kind for one in steps}, first, last)
    wishes = list_subscriptions(request.pk) if kind is not None else ()
    new = [
        NewMessage(as_kind, steps[-1].id, one.id, one.language, first, last, one.kind)
        for one in wishes
        if (as_kind := _kind_for(kind, one)) is not None
    ]
    _store(request, new, secret_key, now, for_reporter=any(one.is_reporter for one in wishes))


def _kind(request: Any, kinds: set[str], first: int, last: int) -> str | None:
    """Return the kind of message for a requester; None if nothing has changed in the end."""
    before, changes = read_changes(request.pk, first, last)
    was = before or changes[0]
    now = changes[-1]
    if was.status != now.status:
        return CLOSED if now.status == "closed" else REOPENED
    if QUESTION in kinds:
        return QUESTION
    if MERGED in kinds and request.duplicate_of_pk is not None:
        return MERGED
    for kind in (FORWARDED, APPROVED):
        if kind in kinds:
            return kind
    is_same = (was.detailed_status, was.status_notes) == (now.detailed_status, now.status_notes)
    if is_same and not photos_of([change.id for change in changes]):
        return None
    return STATUS


def _kind_for(kind: str | None, wish: Any) -> str | None:
    """Return the kind for a subscription; None if this recipient gets no message."""
    if wish.kind == SMS and (kind not in SMS_KINDS or not wish.is_reporter):
        return None
    if wish.is_reporter:
        return kind
    if wish.state != "on" or kind in (QUESTION, APPROVED):
        return None
    return FOLLOWED


def _store(
    request: Any,
    new: Sequence[NewMessage],
    secret_key: str,
    now: datetime,
    *,
    for_reporter: bool = False,
) -> None:
    store_messages(request.jurisdiction_id, request.pk, new, secret_key, now)
    if for_reporter:
        store_track_link(secret_key, request.pk, now)
