"""Departments that are added, and those that are called otherwise."""

from datetime import UTC, datetime

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from open311.database import db, table
from open311.errors import Conflict
from open311.models import Department
from open311.operations.move_changeset import move_changeset
from open311.queries.departments import get_department


def add_department(jurisdiction_id: str, code: str, name: str) -> None:
    """Add a department; raises Conflict where the code is taken."""
    row = {"jurisdiction_id": jurisdiction_id, "code": code, "name": name}
    try:
        db.session.execute(insert(table(Department)), row)
    except IntegrityError:
        db.session.rollback()
        raise Conflict(f"There is a department with the code {code!r}: take another.") from None
    _commit(jurisdiction_id)


def rename_department(jurisdiction_id: str, code: str, name: str) -> None:
    """Call a department otherwise, in the API as well (agency_responsible); raises NotFound."""
    department = get_department(jurisdiction_id, code)
    db.session.execute(update(Department).where(Department.id == department.id).values(name=name))
    _commit(jurisdiction_id)


def _commit(jurisdiction_id: str) -> None:
    """Let clients fetch anew what shows departments."""
    move_changeset(jurisdiction_id, datetime.now(UTC).replace(microsecond=0))
    db.session.commit()
