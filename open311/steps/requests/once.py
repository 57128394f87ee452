"""Receipts of staff actions, so that one that is sent again is done once."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.errors import DoneBefore, IdempotencyKeyReused
from open311.messages.submissions import IDEMPOTENCY_KEY_REUSED
from open311.models import ServiceRequest, StaffReceipt
from open311.steps.values.once import Once


def claim_once(once: Once | None) -> None:
    """Store the key of an action in the transaction that does it; nothing without a key.

    If another transaction is doing the same, this one waits for its end. Raises DoneBefore if the
    action is done, and IdempotencyKeyReused if the key belongs to a different one.
    """
    if once is None:
        return
    row = {**vars(once), "change_number": None, "done_at": datetime.now(UTC)}
    statement = insert(table(StaffReceipt)).values(row).on_conflict_do_nothing()
    if db.session.execute(statement.returning(StaffReceipt.key)).all():
        return
    stored = db.session.execute(
        select(StaffReceipt.digest, StaffReceipt.change_number).where(*_is(once))
    ).one()
    if stored.digest != once.digest:
        raise IdempotencyKeyReused(IDEMPOTENCY_KEY_REUSED)
    raise DoneBefore(stored.change_number)


def settle_once(once: Once | None, pk: int) -> None:
    """Keep the change number that a service request has after the action."""
    if once is None:
        return
    number = select(ServiceRequest.change_number).where(ServiceRequest.pk == pk).scalar_subquery()
    done = update(StaffReceipt).where(*_is(once))
    db.session.execute(done.values(change_number=number))


def _is(once: Once) -> tuple[ColumnElement[bool], ...]:
    return StaffReceipt.user_id == once.user_id, StaffReceipt.key == once.key
