"""Steps of a service request's history, from which its status follows; the caller commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from open311.database import db, table
from open311.models import StatusChange
from open311.models.status_change import OPEN_STATUSES


def add_status_change(
    pk: int,
    detailed_status: str,
    status_notes: str,
    changed_at: datetime,
    *,
    opening: bool = False,
    made_by: str | None = None,
) -> int:
    """Add a step to a service request's history, from which its status follows by a trigger.

    Gives the step's id. detailed_status is one of OPEN_STATUSES or CLOSED_STATUSES.
    """
    row = status_row(pk, detailed_status, status_notes, changed_at, opening=opening)
    statement = insert(table(StatusChange)).values({**row, "made_by": made_by})
    return db.session.execute(statement.returning(StatusChange.id)).scalar_one()


def status_row(
    pk: int, detailed_status: str, status_notes: str, changed_at: datetime, *, opening: bool = False
) -> dict[str, Any]:
    """Return the row of a step of a history that nobody in particular made."""
    return {
        "service_request_pk": pk,
        "status": status_of(detailed_status),
        "detailed_status": detailed_status,
        "status_notes": status_notes,
        "changed_at": changed_at,
        "opening": opening,
        "made_by": None,
    }


def status_of(detailed_status: str) -> str:
    """Give what the standard makes of a detailed status: open or closed."""
    return "open" if detailed_status in OPEN_STATUSES else "closed"
