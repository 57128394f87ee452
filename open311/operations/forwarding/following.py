"""What other servers say about the service requests that were forwarded to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.models import ForeignEndpoint, ForeignUpdate, Forwarding, ServiceRequest
from open311.operations.transaction import operation
from open311.queries.forwarding.endpoints import Endpoint, endpoint_columns, endpoint_of
from open311.queries.forwarding.forwardings import There, list_there
from open311.queries.jurisdictions import get_jurisdiction
from open311.steps.forwarding.outcomes import (
    LONGEST_SENTENCE,
    flag,
    store_state,
    store_taken_on,
)
from open311.steps.requests.history import status_of, store_status
from open311.steps.requests.lock import lock_all
from open311.steps.requests.media import store_media
from open311.steps.values.forwarding import TakenOn, TheirStatus, TheirUpdate
from open311.steps.values.submissions import Medium
from schemas.vocabulary.forwarding import ACCEPTED, DONE, FOLLOWING, ON, TOKEN
from schemas.vocabulary.statuses import CLOSED

FOREIGN_STATUS = "foreign_status"


@dataclass(frozen=True)
class Polling:
    """An endpoint whose answers are due, with what is there."""

    endpoint: Endpoint
    there: Sequence[There]


@operation
def claim_polling() -> Polling | None:
    """Claim the endpoint whose answers are due the longest; None if none is due."""
    now = datetime.now(UTC).replace(microsecond=0)
    pause = func.make_interval(0, 0, 0, 0, 0, ForeignEndpoint.poll_minutes)
    row = db.session.execute(
        select(*endpoint_columns())
        .where(
            ForeignEndpoint.state == ON,
            or_(ForeignEndpoint.polled_at.is_(None), ForeignEndpoint.polled_at + pause <= now),
        )
        .order_by(ForeignEndpoint.polled_at.asc().nulls_first(), ForeignEndpoint.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    endpoint = endpoint_of(row)
    _change_endpoint(endpoint.id, polled_at=now)
    return Polling(endpoint, list_there(endpoint.id, now))


@operation
def end_polling(endpoint_id: int, failure: str, updates_until: datetime | None = None) -> None:
    """Store what went wrong, empty if nothing did, and until when updates have been read."""
    read = {} if updates_until is None else {"updates_until": updates_until}
    _change_endpoint(endpoint_id, failure=failure[:LONGEST_SENTENCE], **read)


def _change_endpoint(endpoint_id: int, **columns: Any) -> None:
    statement = update(ForeignEndpoint).where(ForeignEndpoint.id == endpoint_id)
    db.session.execute(statement.values(**columns))


@operation
def store_number(endpoint: Endpoint, forwarding_id: int, foreign_id: str) -> None:
    """Store the number that another server has given for a token."""
    row = _lock(forwarding_id)
    if row is not None and row.state == TOKEN:
        store_taken_on(row, endpoint.name, TakenOn(foreign_id))


@operation
def store_their_update(
    endpoint: Endpoint, forwarding_id: int, one: TheirUpdate, status: str | None, *, known: bool
) -> bool:
    """Store an update of another server as a step here, and return whether it is new.

    status is the detailed status that it means, or None if it means none. If it is not known which
    one, ours stays, and staff are told.
    """
    row = _lock(forwarding_id)
    if row is None or not _is_new(endpoint.id, forwarding_id, one.update_id):
        return False
    if not known:
        _flag_unknown(endpoint, row, one.status)
    _store_step(endpoint, row, status, one.text, one.media)
    return True


@operation
def store_their_status(
    endpoint: Endpoint, forwarding_id: int, one: TheirStatus, status: str | None
) -> None:
    """Store what the list of another server says of a service request, if that has changed.

    status is the detailed status that it means; None if that is unknown. Where updates tell more,
    it only counts if the request is open there and closed here, or the reverse.
    """
    row = _lock(forwarding_id)
    if row is None or row.their_status == one.seen:
        return
    if status is None:
        _flag_unknown(endpoint, row, one.status)
    elif _tells_more(endpoint, row, one, status):
        _store_step(endpoint, row, status, one.notes, ())
    elif row.state == ACCEPTED or status_of(status) == CLOSED:
        _follow(row, status)
    store_state(forwarding_id, their_status=one.seen)


def _tells_more(endpoint: Endpoint, row: Any, one: TheirStatus, status: str) -> bool:
    if not row.their_status and status_of(status) != CLOSED and not one.notes:
        return False  # the first look: it is open there
    other = status_of(status) != status_of(row.detailed_status)
    if endpoint.has_updates:
        return other and one.status != row.their_status.partition("\n")[0]
    return other or (status, one.notes) != (row.detailed_status, row.status_notes)


def _lock(forwarding_id: int) -> Any:
    """Lock a service request, and return it with its forwarding; None if it was withdrawn."""
    pk = select(Forwarding.service_request_pk).where(Forwarding.id == forwarding_id)
    lock_all(ServiceRequest.pk == pk.scalar_subquery(), ServiceRequest.withdrawn_at.is_(None))
    return db.session.execute(
        select(
            *table(Forwarding).columns,
            ServiceRequest.jurisdiction_id,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
        )
        .join(ServiceRequest, ServiceRequest.pk == Forwarding.service_request_pk)
        .where(Forwarding.id == forwarding_id, ServiceRequest.withdrawn_at.is_(None))
    ).one_or_none()


def _is_new(endpoint_id: int, forwarding_id: int, update_id: str) -> bool:
    statement = insert(table(ForeignUpdate)).values(
        endpoint_id=endpoint_id, update_id=update_id, forwarding_id=forwarding_id
    )
    added = statement.on_conflict_do_nothing().returning(ForeignUpdate.update_id)
    return db.session.scalar(added) is not None


def _flag_unknown(endpoint: Endpoint, row: Any, word: str) -> None:
    sentence = f"its status {word!r} is unknown here"
    flag(row.jurisdiction_id, row.service_request_pk, endpoint.name, sentence, FOREIGN_STATUS)


def _store_step(
    endpoint: Endpoint, row: Any, status: str | None, text: str, media: Sequence[Medium]
) -> None:
    jurisdiction = get_jurisdiction(row.jurisdiction_id)
    becomes = status or row.detailed_status
    change_id = store_status(
        jurisdiction,
        row.service_request_pk,
        becomes,
        text,
        current=row.detailed_status,
        made_by=endpoint.name,
    )
    store_media(row.service_request_pk, media, status_change_id=change_id)
    _follow(row, becomes)


def _follow(row: Any, status: str) -> None:
    """Let a forwarding be done while it is closed there, and followed otherwise."""
    state = DONE if status_of(status) == CLOSED else FOLLOWING
    if row.state != state:
        store_state(row.id, state)
