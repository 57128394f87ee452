"""From what happened to the messages that tell it."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from open311.database import db
from open311.models import ServiceRequest, Telling
from open311.operations.transaction import operation
from open311.queries.requests.requester import find_addresses_of_apps
from open311.queries.telling.facts import photos_of, read_changes, within
from open311.queries.telling.recipients import find_usual_language, list_subscriptions
from open311.steps.residents.subscriptions import Wish, store_subscriptions
from open311.steps.telling.messages import NewMessage, store_messages
from schemas.vocabulary.telling import (
    APPROVED,
    CLOSED,
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
    which is about the newest state. The number of statements does not depend on that of tellings.
    """
    taken = _take(now)
    if not taken:
        return 0
    requests = _read_requests({telling.service_request_pk for telling in taken})
    told = [telling for telling in taken if telling.service_request_pk in requests]
    _subscribe_by_apps([one for one in told if one.kind == RECEIVED], requests, now)
    wishes = list_subscriptions(requests)
    first = [
        message
        for one in told
        if one.kind in WITHOUT_STEP
        for message in _first_messages(one, requests, wishes[one.service_request_pk])
    ]
    news, tracked = _news([one for one in told if one.kind not in WITHOUT_STEP], requests, wishes)
    tracked |= {one.service_request_pk for one in first if one.kind == RECEIVED}
    store_messages([*first, *news], sorted(tracked), secret_key, now)
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


def _subscribe_by_apps(receipts: Sequence[Any], requests: Mapping[int, Any], now: datetime) -> None:
    """Let addresses of requesters that apps have sent get messages about their requests."""
    if not receipts:
        return
    typed = find_addresses_of_apps([one.service_request_pk for one in receipts])
    cities = {pk: requests[pk].jurisdiction_id for pk in typed}
    languages = {city: find_usual_language(city) for city in set(cities.values())}
    wishes = [
        Wish(cities[pk], pk, address, language, is_reporter=True)
        for pk, address in typed.items()
        if _ADDRESS.fullmatch(address) and (language := languages[cities[pk]]) is not None
    ]
    if wishes:
        store_subscriptions(wishes, now)


def _first_messages(
    telling: Any, requests: Mapping[int, Any], wishes: Sequence[Any]
) -> list[NewMessage]:
    """Return the receipt for the requester, or the question to confirm an address."""
    if telling.kind == RECEIVED:
        to = [one for one in wishes if one.is_reporter and one.kind == EMAIL]
    else:
        to = [one for one in wishes if one.id == telling.subscription_id and _has_to_confirm(one)]
    pk = telling.service_request_pk
    about = requests[pk].jurisdiction_id, pk, telling.kind, telling.id
    return [NewMessage(*about, one.id, one.language, channel=one.kind) for one in to]


def _has_to_confirm(wish: Any) -> bool:
    """Return whether the owner of an address or a number is asked; of a number, that is once."""
    is_known = wish.kind == SMS and wish.verified_at is not None
    return wish.state == "unconfirmed" and not is_known


def _news(
    steps: Sequence[Any], requests: Mapping[int, Any], wishes: Mapping[int, Sequence[Any]]
) -> tuple[list[NewMessage], set[int]]:
    """Return the messages about steps, and the service requests whose reporters get one."""
    if not steps:
        return [], set()
    told: dict[int, list[Any]] = {}
    for one in steps:
        told.setdefault(one.service_request_pk, []).append(one)
    changes = read_changes(told)
    photographed = photos_of([one.id for mine in changes.values() for one in mine])
    new: list[NewMessage] = []
    tracked: set[int] = set()
    for pk in sorted(told):
        first, last = (end(one.status_change_id for one in told[pk]) for end in (min, max))
        before, inside = within(changes[pk], first, last)
        kind = _kind(requests[pk], {one.kind for one in told[pk]}, before, inside, photographed)
        if kind is None:
            continue
        about = requests[pk].jurisdiction_id, pk
        new += [
            NewMessage(
                *about, as_kind, told[pk][-1].id, one.id, one.language, first, last, one.kind
            )
            for one in wishes[pk]
            if (as_kind := _kind_for(kind, one)) is not None
        ]
        if any(one.is_reporter for one in wishes[pk]):
            tracked.add(pk)
    return new, tracked


def _kind(
    request: Any,
    kinds: set[str],
    before: Any,
    changes: Sequence[Any],
    photographed: Collection[int],
) -> str | None:
    """Return the kind of message for a requester; None if nothing has changed in the end.

    changes are the steps that are told, and before is the one before them, if any; photographed are
    the ids of those with photos of staff.
    """
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
    if is_same and not any(change.id in photographed for change in changes):
        return None
    return STATUS


def _kind_for(kind: str, wish: Any) -> str | None:
    """Return the kind for a subscription; None if this recipient gets no message."""
    if wish.kind == SMS and (kind not in SMS_KINDS or not wish.is_reporter):
        return None
    if wish.is_reporter:
        return kind
    if wish.state != "on" or kind in (QUESTION, APPROVED):
        return None
    return FOLLOWED
