"""Holds of the publication of a report, and spent proofs of work; the caller commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Insert, insert, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from open311.database import db, table
from open311.models import Hold, SpentChallenge
from open311.steps.values.submissions import Proof


def spend_challenge(proof: Proof) -> bool:
    """Store that a proof of work was used; return whether it was the first time.

    A concurrent use of the same proof waits until this transaction ends.
    """
    row = {"signature": proof.signature, "expires_at": proof.expires_at}
    statement = insert_or_skip(table(SpentChallenge)).values(row).on_conflict_do_nothing()
    return db.session.scalar(statement.returning(SpentChallenge.signature)) is not None


def insert_holds(pk: int, holds: Sequence[tuple[str, str]], held_at: datetime) -> Insert:
    """Return the insertion of why a service request is not public yet.

    holds are (rule, what it saw) for each of HOLD_RULES, at least one.
    """
    rows = [
        {"service_request_pk": pk, "rule": rule, "seen": seen, "held_at": held_at}
        for rule, seen in holds
    ]
    return insert(table(Hold)).values(rows)


def store_hold_outcome(pk: int, outcome: str, settled_by: str, settled_at: datetime) -> None:
    """Settle all holds of a service request, again if they were settled before.

    outcome is one of HOLD_OUTCOMES.
    """
    values = {"outcome": outcome, "settled_by": settled_by, "settled_at": settled_at}
    db.session.execute(update(Hold).where(Hold.service_request_pk == pk).values(values))


def erase_seen(pk: int) -> None:
    """Erase what the rules saw in a service request; which of them held it stays."""
    db.session.execute(update(Hold).where(Hold.service_request_pk == pk).values(seen=""))
