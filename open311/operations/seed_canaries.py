"""The canaries of a seed folder, and whether they agree with its maps and rules."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from geo.coordinates import Point
from open311.database import db
from open311.models import Canary, Department, Service
from open311.operations.seed_data import SeedData
from open311.queries.canaries import check_canaries, list_canaries
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import get_jurisdiction


def store_canaries(data: SeedData, today: date) -> Iterator[str]:
    """Store the canaries; give a sentence if they change, and for each that disagrees.

    A city's own edit is never refused for a canary: who edits the one edits the other.
    """
    before = list_canaries(data.jurisdiction_id)
    db.session.execute(delete(Canary).where(Canary.jurisdiction_id == data.jurisdiction_id))
    rows = [_row(data.jurisdiction_id, name, row) for name, row in data.canaries.items()]
    if rows:
        db.session.execute(insert(Canary), rows)
    if list_canaries(data.jurisdiction_id) != before:
        yield f"canaries: there are {len(rows)} now"
    for result in check_canaries(get_jurisdiction(data.jurisdiction_id), Maps(today)):
        if not result.agrees:
            yield f"Warning: {result}"


def _row(jurisdiction_id: str, name: str, row: Any) -> dict[str, Any]:
    service = select(Service.id).where(
        Service.jurisdiction_id == jurisdiction_id, Service.service_code == row["service_code"]
    )
    department = select(Department.id).where(
        Department.jurisdiction_id == jurisdiction_id, Department.code == row["department"]
    )
    return {
        "jurisdiction_id": jurisdiction_id,
        "name": name,
        "service_id": db.session.scalar(service),
        "department_id": db.session.scalar(department),
        "location": Point(lat=row["lat"], long=row["long"]).ewkt,
        "note": row["note"],
    }
