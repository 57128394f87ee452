"""The lock on a city that lets one change of its administration wait for another."""

from sqlalchemy import select

from open311.database import db
from open311.models import Jurisdiction


def lock_city(jurisdiction_id: str) -> None:
    """Wait for other changes of a city, and let later ones wait until the commit.

    Submissions do not wait for this lock.
    """
    lock = select(Jurisdiction.id).where(Jurisdiction.id == jurisdiction_id)
    db.session.execute(lock.with_for_update(key_share=True))
