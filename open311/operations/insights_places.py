"""Storage of the places of a city that figures show."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.models import KeptPlaces
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope


@operation
def store_places(
    jurisdiction: Scope, week: date, made_at: datetime, documents: Mapping[bool, Mapping[str, Any]]
) -> None:
    """Replace the places of a city by documents of the public (True) and of staff (False)."""
    key = ("jurisdiction_id", "public")
    statement = insert(table(KeptPlaces)).values(
        [
            {
                "jurisdiction_id": jurisdiction.jurisdiction_id,
                "public": public,
                "week": week,
                "made_at": made_at,
                "document": document,
            }
            for public, document in documents.items()
        ]
    )
    values = {name: statement.excluded[name] for name in ("week", "made_at", "document")}
    db.session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
