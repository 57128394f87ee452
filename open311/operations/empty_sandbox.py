"""Emptying the sandbox: what came to the test endpoint is deleted, of all jurisdictions."""

from sqlalchemy import delete

from open311.database import db
from open311.models import ServiceRequest
from open311.operations.lift_time_limit import lift_time_limit


def empty_sandbox() -> int:
    """Delete all service requests of the test endpoint, and give their number.

    The database deletes with them whatever belongs to them: boundaries, history, reporters,
    receipts, updates, media. Files of photos are then named nowhere any more, and are removed
    as such.
    """
    lift_time_limit()
    statement = delete(ServiceRequest).where(ServiceRequest.sandbox)
    deleted = db.session.connection().execute(statement).rowcount
    db.session.commit()
    return deleted
