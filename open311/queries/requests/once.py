"""Receipts of staff actions."""

from uuid import UUID

from sqlalchemy import select

from open311.database import db
from open311.models import StaffReceipt


def was_done(user_id: int, key: UUID, digest: bytes) -> bool:
    """Return whether this very action was done before."""
    mine = StaffReceipt.user_id == user_id, StaffReceipt.key == key
    statement = select(StaffReceipt.key).where(*mine, StaffReceipt.digest == digest)
    return db.session.scalar(statement) is not None


def find_change_after(user_id: int, key: UUID) -> int | None:
    """Find the change number that a request had right after an action, by the action's key."""
    statement = select(StaffReceipt.change_number).where(
        StaffReceipt.user_id == user_id, StaffReceipt.key == key
    )
    number: int | None = db.session.scalar(statement)
    return number
