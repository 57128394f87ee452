"""The changeset of a jurisdiction's catalog."""

from datetime import datetime, timedelta

from sqlalchemy import func, update

from open311.database import db
from open311.models import Jurisdiction


def move_changeset(jurisdiction_id: str, now: datetime) -> None:
    """Set the changeset to now, or one second after the last one; never backward."""
    following = Jurisdiction.catalog_changed_at + timedelta(seconds=1)
    db.session.execute(
        update(Jurisdiction)
        .where(Jurisdiction.id == jurisdiction_id)
        .values(catalog_changed_at=func.greatest(now, following))
    )
