"""The places that a job found last night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import KeptPlaces
from open311.queries.jurisdictions import Scope


@dataclass(frozen=True)
class StoredPlaces:
    """Places with more than normal in a week (its Monday), and repeated places, as of a moment."""

    week: date
    made_at: datetime
    document: Mapping[str, Any]


def find_kept_places(jurisdiction: Scope, *, public: bool) -> StoredPlaces | None:
    """Return the places of all requests, or of the public ones; None before they are found."""
    one = KeptPlaces
    row = db.session.execute(
        select(one.week, one.made_at, one.document).where(
            one.jurisdiction_id == jurisdiction.jurisdiction_id, one.public.is_(public)
        )
    ).one_or_none()
    return None if row is None else StoredPlaces(*row)
