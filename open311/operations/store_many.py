"""Rows that are written of many service requests at once; the caller commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from open311.database import db, table
from open311.models import ServiceRequestBoundary


def seen_again(row: Any, now: datetime) -> dict[str, Any]:
    """Give a step of the history without a change of status, so that copies hear of it."""
    return {
        "service_request_pk": row.pk,
        "status": row.status,
        "detailed_status": row.detailed_status,
        "status_notes": row.status_notes,
        "changed_at": now,
        "opening": False,
    }


def store_replaced_places(pks: Sequence[int], rows: list[dict[str, Any]]) -> None:
    """Store the places of several service requests in place of what is there."""
    mine = ServiceRequestBoundary.service_request_pk.in_(pks)
    db.session.execute(delete(ServiceRequestBoundary).where(mine))
    add_rows(ServiceRequestBoundary, rows)


def add_rows(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows into the table of a model; none is fine."""
    if rows:
        db.session.execute(insert(table(model)), rows)
