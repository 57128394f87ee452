"""What staff did about a service request, on record for staff alone; the caller commits."""

from datetime import UTC, datetime

from sqlalchemy import insert

from open311.database import db, table
from open311.models import WorkStep


def store_work_step(pk: int, kind: str, text: str, made_by: str) -> None:
    """Add a step of one of WORK_STEPS to a service request; the caller commits."""
    row = {
        "service_request_pk": pk,
        "kind": kind,
        "text": text,
        "made_by": made_by,
        "made_at": datetime.now(UTC),
    }
    db.session.execute(insert(table(WorkStep)), row)
