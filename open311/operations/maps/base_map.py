"""The base map of a city."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from open311.database import db
from open311.models import BaseMap
from open311.operations.transaction import operation
from open311.queries.maps.base_map import SERVERS, find_base_map
from open311.steps.lock import lock_city


@operation
def change_base_map(jurisdiction_id: str, values: Mapping[str, Any]) -> str | None:
    """Change what a city set, by column of BaseMap.

    An address takes the place of an uploaded file, and a file that of an address. Returns the name
    of the file that no row names any more, if there is one.
    """
    lock_city(jurisdiction_id)  # two uploads at once: one after another
    former = find_base_map(jurisdiction_id).file
    changed = dict(values)
    if changed.get("file"):
        changed["address"] = ""
    elif changed.get("address"):
        changed["file"] = None
    new = {**asdict(SERVERS), "origins": [], **changed, "jurisdiction_id": jurisdiction_id}
    change = insert(BaseMap).values(new)
    change = change.on_conflict_do_update(index_elements=["jurisdiction_id"], set_=changed)
    db.session.execute(change)
    return former if former != changed.get("file", former) else None
