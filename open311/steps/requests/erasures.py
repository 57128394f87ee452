"""Records of erasures, and what repeats them in a backup; the caller commits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from open311.database import db, table
from open311.job_queue import defer
from open311.models import Erasure, UnloggedErasure

_IS_DEFERRED = "open311.logs_erasures"
"""A setting of the transaction."""

BY_RESTORE = "restore"
"""The author of an erasure that is repeated in a restored database."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why data is erased: basis is one of ERASURE_BASES; reason contains no personal data.

    series and action are those of a rule, and reason is its authority. extent is what repeats the
    erasure in a backup (operations/people/repeat.py), in JSON, and without an erased value; empty
    if another erasure does it, too. entry is that of all records of an operation, and of one that
    is repeated.
    """

    basis: str
    by: str
    reason: str = ""
    series: str | None = None
    action: str | None = None
    extent: Mapping[str, Any]
    entry: UUID = field(default_factory=uuid4)


def store_erasure(
    jurisdiction_id: str, pk: int | None, cause: Cause, counts: Mapping[str, int]
) -> None:
    """Record an erasure, and have it added to the log, unless it did nothing."""
    row = {
        "jurisdiction_id": jurisdiction_id,
        "service_request_pk": pk,
        "basis": cause.basis,
        "reason": cause.reason,
        "counts": dict(counts),
        "erased_at": datetime.now(UTC),
        "erased_by": cause.by,
        "series": cause.series,
        "action": cause.action,
        "extent": dict(cause.extent),
        "entry": cause.entry,
    }
    id_ = db.session.scalar(insert(table(Erasure)).values(row).returning(table(Erasure).c.id))
    is_empty = not counts and cause.basis != "withdrawal"
    if cause.extent and not is_empty and cause.by != BY_RESTORE:
        db.session.execute(insert(table(UnloggedErasure)).values(erasure_id=id_))
        _defer_once()


def _defer_once() -> None:
    """Add one job to a transaction, however many erasures it stores."""
    is_added = func.current_setting(_IS_DEFERRED, True)
    if db.session.scalar(select(is_added)) != "yes":
        db.session.execute(select(func.set_config(_IS_DEFERRED, "yes", True)))
        defer("log_erasures")
