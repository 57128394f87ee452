"""The lock under which changes of service requests are numbered."""

from sqlalchemy import func, select

from open311.database import db
from open311.queries.jurisdictions import JurisdictionInfo


def lock_changes(jurisdiction: JurisdictionInfo) -> None:
    """Wait for the lock that the trigger number_change takes, and hold it until the commit.

    Call it before locking rows: who did it the other way round could wait for one another.
    """
    name = func.hashtextextended(jurisdiction.jurisdiction_id, 311)
    db.session.execute(select(func.pg_advisory_xact_lock(name)))
