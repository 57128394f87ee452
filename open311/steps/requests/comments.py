"""Comments on service requests, and the statuses that they claim."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, case, func, insert, or_, select

from open311.database import db
from open311.models import ApiKey, ReceivedUpdate, StatusChange, UpdateReporter
from open311.queries.jurisdictions import Scope
from open311.queries.requests.updates import id_of_update
from open311.steps.requests.history import (
    status_of,
    stop_waiting,
    store_as_changed,
    store_work_step,
)
from open311.steps.requests.triage import store_triage
from open311.steps.telling.staff import store_for_workers
from schemas.vocabulary.notices import ANSWERED
from schemas.vocabulary.statuses import CLOSED, STANDARD_STATUSES


class Weight(Enum):
    """The effect of the status that an update claims."""

    STEP = auto()
    CLAIM = auto()
    NOTHING = auto()


def weigh(claimed: str | None, current: str, *, decides: bool) -> Weight:
    """Return the effect of a status that is claimed after the current one was set.

    claimed and current are detailed statuses; None claims nothing. decides is whether the sender
    may change statuses. Otherwise, staff check a claim that would close or reopen the service
    request.

    open and closed are general statuses: open says nothing new about in_progress.
    """
    general = claimed in STANDARD_STATUSES and claimed == status_of(current)
    if claimed is None or claimed == current or general:
        return Weight.NOTHING
    if decides:
        return Weight.STEP
    return Weight.CLAIM if status_of(claimed) != status_of(current) else Weight.NOTHING


def find_last_decision(pk: int) -> datetime:
    """Find when the current status or its note was set.

    The time of a status that another system sent is that of the sender, unless it is in the future.
    """
    steps = (
        select(
            StatusChange.changed_at,
            StatusChange.id,
            or_(
                StatusChange.opening,
                *(
                    column.is_distinct_from(func.lag(column).over(order_by=StatusChange.id))
                    for column in (StatusChange.detailed_status, StatusChange.status_notes)
                ),
            ).label("decides"),
        )
        .where(StatusChange.service_request_pk == pk)
        .subquery("steps")
    )
    written = func.least(ReceivedUpdate.sent_at, steps.c.changed_at)
    found: datetime = db.session.scalars(
        select(case((ReceivedUpdate.id.is_(None), steps.c.changed_at), else_=written))
        .select_from(steps)
        .outerjoin(ReceivedUpdate, ReceivedUpdate.status_change_id == steps.c.id)
        .where(steps.c.decides)
        .order_by(steps.c.id.desc())
        .limit(1)
    ).one()
    return found


def is_own(submitter: int | None, sender: int | None) -> bool:
    """Return whether a key submitted a service request, or has the name of the key that did.

    Both are ids of keys. The sandbox key, which has none, owns what was submitted with it.
    """
    if submitter is None or sender is None or submitter == sender:
        return submitter == sender
    names = select(ApiKey.name).where(ApiKey.id.in_([submitter, sender]))
    return len(set(db.session.scalars(names))) == 1


def name_of_key(api_key_id: int | None) -> str:
    """Return the name of a key; the key of the sandbox has none in the database."""
    name = db.session.scalar(select(ApiKey.name).where(ApiKey.id == api_key_id))
    return name or "sandbox"


def next_comment_id() -> ColumnElement[int]:
    """Return the SQL of a new comment's ID: the next of the history, so no status change has it."""
    return func.nextval("status_changes_id_seq", type_=BigInteger)


def published_comment(pk: int) -> dict[str, Any]:
    """Return the columns of an update that is published now as a comment, and note the change."""
    store_as_changed(pk)
    now = datetime.now(UTC).replace(microsecond=0)
    return {"comment_id": next_comment_id(), "accepted_at": now}


def store_received(**columns: Any) -> Row[int, int | None]:
    """Insert an update and return its primary key and public ID; an index rejects a second one."""
    statement = insert(ReceivedUpdate).values(**columns)
    return db.session.execute(statement.returning(ReceivedUpdate.id, id_of_update())).one()


def store_author(received_update_id: int, author: Mapping[str, str]) -> None:
    """Store the contact data of an update's author; only the values sent, by column name."""
    if author:
        row = {**dict.fromkeys(_AUTHOR_COLUMNS, ""), **author}
        db.session.execute(
            insert(UpdateReporter), {**row, "received_update_id": received_update_id}
        )


_AUTHOR_COLUMNS = [
    column.name
    for column in UpdateReporter.__table__.columns
    if column.name != "received_update_id"
]


def store_claim(jurisdiction: Scope, pk: int, claimed: str, sender: str, at: datetime) -> None:
    """Queue a service request because a comment says that it is fixed, or still there."""
    reason = "said_fixed" if status_of(claimed) == CLOSED else "said_open"
    store_triage(jurisdiction, pk, reason, f"{sender}: {claimed}", at)


def store_answer(jurisdiction: Scope, pk: int, sender: str, at: datetime) -> None:
    """End the hold of a service request that waits for the requester, and queue it for review."""
    stop_waiting(jurisdiction, [pk])
    store_work_step(pk, "answered", "", sender)
    store_triage(jurisdiction, pk, "answered", sender, at)
    store_for_workers(jurisdiction, pk, ANSWERED)
