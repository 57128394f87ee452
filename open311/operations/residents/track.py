"""What the reporter does with the secret link."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters
from open311.messages.residents import (
    NOT_CLOSED,
    NOT_WAITING,
    NOTHING_TO_HIDE,
    TEXT_OR_PHOTO_REQUIRED,
)
from open311.models import (
    ApiKey,
    Contact,
    Feedback,
    Media,
    ReceivedUpdate,
    StatusChange,
    Subscription,
)
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.nearby import find_continuation
from open311.queries.residents.report_lists import is_own
from open311.steps.requests.comments import store_answer
from open311.steps.requests.history import store_status
from open311.steps.requests.triage import store_triage
from open311.steps.residents.capabilities import renew_track_link, store_follow_link
from open311.steps.residents.moderation import lock_repeating, store_hidden_photo, store_text
from open311.steps.residents.reported import is_repeated, lock_reported, store_comment
from open311.steps.residents.subscriptions import store_subscription
from open311.steps.residents.withdrawal import is_needed_by_others, store_own_withdrawal
from open311.steps.telling.staff import store_for_workers
from open311.steps.telling.tellings import store_confirmation
from open311.steps.values.said import Said
from open311.steps.values.submissions import StoredPhoto
from schemas.vocabulary.feedback import NO
from schemas.vocabulary.notices import NOT_SOLVED
from schemas.vocabulary.statuses import CLOSED, OF_OTHERS, OPEN
from schemas.vocabulary.telling import EMAIL

REOPENED_AT_MOST = 2
"""Times that the reporter's answer reopens a request; after that, staff decide."""

BY_REQUESTER = "requester"
"""The author of steps of the reporter, in the history of staff."""


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@operation
def add_to_report(
    jurisdiction: Scope, pk: int, said: Said, *, as_answer: bool = False, by_email: bool = False
) -> None:
    """Store a comment of the reporter; it answers a question of staff, if there is one.

    Staff look at what came by_email, also without a question. Sent again, it does nothing.
    Raises NotFound, Gone, InvalidParameters without a text or a photo, and Conflict for an answer
    if nobody asks.
    """
    row = lock_reported(jurisdiction, pk)
    if is_repeated(pk, said):
        return
    if said.is_empty:
        raise InvalidParameters(TEXT_OR_PHOTO_REQUIRED, field="text")
    if as_answer and row.waits_since is None:
        raise Conflict(NOT_WAITING, field="text")
    store_comment(row, said)
    if row.waits_since is not None:
        store_answer(jurisdiction, pk, BY_REQUESTER, _now())
    elif by_email:
        store_triage(jurisdiction, pk, "replied", BY_REQUESTER, _now())


@dataclass(frozen=True)
class FeedbackResult:
    """What an answer to "Is it fixed?" did: it reopened the request, or staff will look at it."""

    reopened: bool = False
    queued: bool = False


@operation
def answer_fixed(jurisdiction: Scope, pk: int, answer: str, said: Said) -> FeedbackResult:
    """Store the answer to "Is it fixed?", one of FEEDBACK_ANSWERS, for the last closing.

    "No" needs a text or a photo, which become a comment, and reopens the request within the period
    of its service or city, REOPENED_AT_MOST times; otherwise staff review it. The text of another
    answer is for staff. Sent again, it does nothing. Raises NotFound, Gone, InvalidParameters, and
    Conflict if the request is open.
    """
    row = lock_reported(jurisdiction, pk)
    if is_repeated(pk, said):
        return FeedbackResult()
    if answer == NO and said.is_empty:
        raise InvalidParameters(TEXT_OR_PHOTO_REQUIRED, field="text")
    if row.status != CLOSED:
        raise Conflict(NOT_CLOSED)
    closing_id, closed_at = _last_closing(pk)
    earlier = _count_reopenings(pk, closing_id)
    feedback = {
        "status_change_id": closing_id,
        "service_request_pk": pk,
        "answer": answer,
        "text": "" if answer == NO else said.text.strip(),
        "answered_at": _now(),
    }
    _store_feedback(feedback)
    if answer != NO:
        return FeedbackResult()
    store_comment(row, said)
    store_for_workers(jurisdiction, pk, NOT_SOLVED)
    if not _can_reopen(jurisdiction, row, closed_at):
        store_triage(jurisdiction, pk, "said_open", BY_REQUESTER, _now())
        return FeedbackResult(queued=True)
    if earlier >= REOPENED_AT_MOST:
        store_triage(jurisdiction, pk, "reopened_often", BY_REQUESTER, _now())
        return FeedbackResult(queued=True)
    store_status(jurisdiction, pk, OPEN, "", current=row.detailed_status)
    return FeedbackResult(reopened=True)


def _store_feedback(feedback: dict[str, Any]) -> None:
    """Store an answer, which replaces a former one to the same closing."""
    changed = {name: feedback[name] for name in ("answer", "text", "answered_at")}
    statement = insert(table(Feedback)).values(feedback)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["status_change_id"], set_=changed)
    )


def _last_closing(pk: int) -> tuple[int, datetime]:
    """Return the change that closed a closed service request, and its time."""
    change = StatusChange
    before = func.lag(change.status).over(order_by=change.id)
    steps = (
        select(change.id, change.changed_at, change.status, before.label("before"))
        .where(change.service_request_pk == pk)
        .subquery()
    )
    row = db.session.execute(
        select(steps.c.id, steps.c.changed_at)
        .where(steps.c.status == CLOSED, steps.c.before.is_distinct_from(CLOSED))
        .order_by(steps.c.id.desc())
        .limit(1)
    ).one()
    return row.id, row.changed_at


def _count_reopenings(pk: int, closing_id: int) -> int:
    """Count the earlier closings after which the reporter said that it was not fixed."""
    number = db.session.scalar(
        select(func.count())
        .select_from(Feedback)
        .join(StatusChange, StatusChange.id == Feedback.status_change_id)
        .where(
            Feedback.service_request_pk == pk,
            Feedback.answer == NO,
            Feedback.status_change_id != closing_id,
            StatusChange.detailed_status.not_in(OF_OTHERS),
        )
    )
    return number or 0


def _can_reopen(jurisdiction: Scope, row: Any, closed_at: datetime) -> bool:
    if row.detailed_status in OF_OTHERS or row.duplicate_of_pk is not None:
        return False
    if find_continuation(jurisdiction, row.pk) is not None:
        return False
    days = jurisdiction.reopen_days if row.reopen_days is None else row.reopen_days
    return datetime.now(UTC) - closed_at <= timedelta(days=days)


@operation
def hide_text(jurisdiction: Scope, pk: int) -> None:
    """Empty the description, also where another request of the same person repeats it.

    Staff can no longer read it either, but administrators can for a while. Raises NotFound, Gone,
    and Conflict if there is none.
    """
    row = lock_reported(jurisdiction, pk)
    if not row.description:
        raise Conflict(NOTHING_TO_HIDE)
    for other in [pk, *lock_repeating(jurisdiction, pk, row.description)]:
        store_text(other, row.description, "", _now())


@operation
def hide_photo(jurisdiction: Scope, pk: int, name: str) -> None:
    """Hide a photo that the reporter sent, at once. Raises NotFound, Gone, and Conflict."""
    row = lock_reported(jurisdiction, pk)
    found = db.session.execute(
        select(Media.width, Media.height, Media.size, Media.received_update_id)
        .outerjoin(ReceivedUpdate, ReceivedUpdate.id == Media.received_update_id)
        .outerjoin(ApiKey, ApiKey.id == ReceivedUpdate.api_key_id)
        .where(
            Media.service_request_pk == pk,
            Media.name == name,
            Media.status_change_id.is_(None),
            or_(Media.received_update_id.is_(None), is_own()),
        )
    ).one_or_none()
    if found is None:
        raise Conflict(NOTHING_TO_HIDE)
    photo = StoredPhoto(name, found.width, found.height, found.size)
    store_hidden_photo(pk, photo, found.received_update_id, row.media_url, _now())


@operation
def withdraw_report(jurisdiction: Scope, pk: int) -> tuple[list[str], bool]:
    """Withdraw a service request for its reporter.

    If others have joined or work has begun, only what the reporter sent is erased. Returns the
    names of deleted photos, whose files the caller removes next, and whether the request goes
    ahead without it. Raises NotFound and Gone.
    """
    row = lock_reported(jurisdiction, pk)
    is_kept = is_needed_by_others(row)
    return store_own_withdrawal(jurisdiction, pk, BY_REQUESTER, is_kept=is_kept), is_kept


@operation
def renew_link(jurisdiction: Scope, pk: int, secret_key: str) -> str:
    """Return the token of a new secret link; the former one stops working. Raises NotFound."""
    lock_reported(jurisdiction, pk)
    return renew_track_link(secret_key, pk, _now())


@operation
def set_updates(
    jurisdiction: Scope, pk: int, address: str, language: str, secret_key: str, kind: str = EMAIL
) -> None:
    """Store where the reporter gets messages of a kind instead of a former address, or nowhere.

    kind is one of CHANNELS; the address is an email address or a phone number (E.164). The former
    one may be that of somebody else: it can follow the request, but no longer act for the reporter.
    """
    lock_reported(jurisdiction, pk)
    of_kind = select(Contact.id).where(Contact.kind == kind)
    mine = Subscription.service_request_pk == pk, Subscription.is_reporter
    former = update(Subscription).where(*mine, Subscription.contact_id.in_(of_kind))
    db.session.execute(former.values(state="ended", is_reporter=False))
    if address:
        id_ = store_subscription(
            *(jurisdiction.jurisdiction_id, pk, address, language, _now()),
            is_reporter=True,
            kind=kind,
        )
        store_follow_link(secret_key, pk, id_, _now())
        store_confirmation(pk, id_)
