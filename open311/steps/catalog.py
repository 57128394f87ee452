"""Moving the changeset of a jurisdiction's catalogue on, so that clients fetch it anew."""

from datetime import datetime, timedelta

from sqlalchemy import func, update

from open311.database import db
from open311.models import Jurisdiction


def move_changeset(jurisdiction_id: str, now: datetime) -> None:
    """Set the changeset to now, or a second after the last one: always forward. No commit."""
    following = Jurisdiction.catalogue_changed_at + timedelta(seconds=1)
    db.session.execute(
        update(Jurisdiction)
        .where(Jurisdiction.id == jurisdiction_id)
        .values(catalogue_changed_at=func.greatest(now, following))
    )
