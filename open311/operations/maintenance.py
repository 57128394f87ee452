"""Nightly maintenance: expired receipts and sessions, the sandbox, unused photo files."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, case, delete, func, literal, or_, select, update

from open311.database import db, end_reads, lift_time_limit
from open311.media.store import MediaStore, photo_of
from open311.models import (
    ApiKey,
    BulkChange,
    Moderation,
    Receipt,
    ReportDraft,
    ServiceRequest,
    ShiftStop,
    SiteReport,
    SpentChallenge,
    StaffReceipt,
    UserSession,
    WebhookAttempt,
)
from open311.operations.transaction import operation
from open311.queries.media import find_named
from open311.queries.requests.legal_holds import has_hold
from open311.queries.requests.receipts import DRAFT_LIFETIME, KEY_LIFETIME, expects_id

GRACE = timedelta(hours=1)
"""Younger files are kept, since their rows may not be stored yet; so are drafts just expired."""


@operation
def forget_receipts() -> int:
    """Delete expired receipts, except those whose clients expect an id; return their number."""
    lift_time_limit()
    now = datetime.now(UTC)
    of_sites = Receipt.api_key_id.in_(select(ApiKey.id).where(ApiKey.kind == "site"))
    lifetime = case((of_sites, DRAFT_LIFETIME), else_=KEY_LIFETIME)
    # An index finds the first; the lifetime differs from row to row.
    expired = and_(Receipt.received_at <= now - KEY_LIFETIME, Receipt.received_at <= now - lifetime)
    statement = delete(Receipt).where(expired, ~expects_id(literal(now)))
    return db.session.connection().execute(statement).rowcount


@operation
def forget_sessions() -> int:
    """Delete expired sessions of users, and return their number."""
    statement = delete(UserSession).where(UserSession.expires_at <= datetime.now(UTC))
    return db.session.connection().execute(statement).rowcount


@operation
def forget_drafts() -> int:
    """Delete expired drafts of reports, and return their number.

    One that is being sent at this moment keeps its photos: sweep_media comes later.
    """
    expired = ReportDraft.expires_at <= datetime.now(UTC) - GRACE
    return db.session.connection().execute(delete(ReportDraft).where(expired)).rowcount


@operation
def forget_challenges() -> int:
    """Delete spent proofs of work that have expired, and return their number."""
    statement = delete(SpentChallenge).where(SpentChallenge.expires_at <= datetime.now(UTC))
    return db.session.connection().execute(statement).rowcount


STAFF_RECEIPTS_KEPT = timedelta(days=60)
"""Time for which an action that a phone sends again is done once."""

SHIFTS_KEPT = timedelta(days=60)
"""Time after its day for which a shift list is kept."""


@operation
def forget_shifts() -> int:
    """Delete old shift lists and old receipts of staff actions, and return their number."""
    lift_time_limit()
    now = datetime.now(UTC)
    receipts = delete(StaffReceipt).where(StaffReceipt.done_at <= now - STAFF_RECEIPTS_KEPT)
    stops = delete(ShiftStop).where(ShiftStop.day <= (now - SHIFTS_KEPT).date())
    connection = db.session.connection()
    return connection.execute(receipts).rowcount + connection.execute(stops).rowcount


SENDERS_KEPT = timedelta(hours=24)
"""Time for which reports are compared with later ones. As this runs nightly, what tells senders
apart is kept for 48 hours at most.
"""


@operation
def forget_senders() -> int:
    """Erase hashes of addresses, texts, and photos of old website reports; return their number."""
    lift_time_limit()
    old = SiteReport.made_at <= datetime.now(UTC) - SENDERS_KEPT
    has_any = or_(
        SiteReport.sender_digest.is_not(None),
        SiteReport.text_digest.is_not(None),
        func.cardinality(SiteReport.photo_digests) > 0,
    )
    statement = update(SiteReport).where(old, has_any)
    erased = statement.values(sender_digest=None, text_digest=None, photo_digests=[])
    return db.session.connection().execute(erased).rowcount


ORIGINALS_KEPT = timedelta(days=30)
"""Time for which administrators can look at what was hidden or redacted."""


@operation
def forget_originals() -> int:
    """Erase what was hidden or redacted a while ago, and return the number.

    No row names the photo files among it afterwards, so sweep_media removes them. Those of requests
    with a legal hold stay.
    """
    old = Moderation.made_at <= datetime.now(UTC) - ORIGINALS_KEPT
    statement = update(Moderation).where(
        old, Moderation.original != "", ~has_hold(Moderation.service_request_pk)
    )
    return db.session.connection().execute(statement.values(original="")).rowcount


ATTEMPTS_KEPT = timedelta(days=30)
"""Time for which the log of webhooks is kept."""


@operation
def forget_webhook_attempts() -> int:
    """Delete old entries of the log of webhooks, and return their number."""
    lift_time_limit()
    old = WebhookAttempt.tried_at <= datetime.now(UTC) - ATTEMPTS_KEPT
    return db.session.connection().execute(delete(WebhookAttempt).where(old)).rowcount


BULK_CHANGES_KEPT = timedelta(days=90)
"""Time for which bulk actions are listed. The history of each request keeps what they did."""


@operation
def forget_bulk_changes() -> int:
    """Delete old bulk actions that have ended, and return their number."""
    lift_time_limit()
    old = BulkChange.finished_at <= datetime.now(UTC) - BULK_CHANGES_KEPT
    undoing = BulkChange.undo_at.is_not(None) & BulkChange.undone_at.is_(None)
    return db.session.connection().execute(delete(BulkChange).where(old, ~undoing)).rowcount


@operation
def empty_sandbox() -> int:
    """Delete all service requests of the sandbox, and return their number.

    The database deletes all dependent rows: boundaries, history, requesters, receipts, updates, and
    media. The caller removes the files of their photos.
    """
    lift_time_limit()
    statement = delete(ServiceRequest).where(ServiceRequest.sandbox)
    return db.session.connection().execute(statement).rowcount


BATCH = 5_000  # names per database query


def sweep_media(store: MediaStore, now: datetime, grace: timedelta = GRACE) -> int:
    """Remove photo files older than grace, at least GRACE, that no row names; return their number.

    now is aware. Files of other kinds stay. Changes nothing in the database.
    """
    photos: dict[str, list[str]] = {}
    before = now - max(grace, GRACE)
    for file_name in store.list_files():
        photos.setdefault(str(photo_of(file_name)), []).append(file_name)
    names = sorted(photos)
    removed = 0
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        unnamed = sorted(set(batch) - find_named(batch))
        end_reads()  # the store may be slow: no transaction waits for it
        for name in unnamed:
            removed += sum(_remove_old(store, file_name, before) for file_name in photos[name])
    return removed


def _remove_old(store: MediaStore, file_name: str, before: datetime) -> bool:
    with suppress(FileNotFoundError):  # another process was faster
        if store.written_at(file_name) < before:
            store.remove([file_name])
            return True
    return False
