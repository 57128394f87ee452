"""Departments that are added, and those that are called otherwise."""

from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from open311.database import db, table
from open311.errors import Conflict
from open311.models import Department, Jurisdiction
from open311.operations.move_changeset import move_changeset
from open311.queries.departments import get_department, list_departments


def add_department(jurisdiction_id: str, code: str, name: str) -> None:
    """Add a department; raises Conflict where the code or the name is taken."""
    _check_name(jurisdiction_id, code, name)
    row = {"jurisdiction_id": jurisdiction_id, "code": code, "name": name}
    try:
        db.session.execute(insert(table(Department)), row)
    except IntegrityError:
        db.session.rollback()
        raise Conflict(f"There is a department with the code {code!r}: take another.") from None
    _commit(jurisdiction_id)


def rename_department(jurisdiction_id: str, code: str, name: str) -> None:
    """Call a department otherwise, in the API as well (agency_responsible).

    Raises NotFound, and Conflict where another has the name.
    """
    department = get_department(jurisdiction_id, code)
    _check_name(jurisdiction_id, code, name)
    db.session.execute(update(Department).where(Department.id == department.id).values(name=name))
    _commit(jurisdiction_id)


def _check_name(jurisdiction_id: str, code: str, name: str) -> None:
    """Lock the departments, as names tell them apart for apps and staff."""
    lock = select(Jurisdiction.id).where(Jurisdiction.id == jurisdiction_id)
    db.session.execute(lock.with_for_update(key_share=True))
    for other_code, other_name in list_departments(jurisdiction_id):
        if other_name.lower() == name.lower() and other_code != code:
            raise Conflict(f"Department {other_code} is called {other_name!r}: take another name.")


def _commit(jurisdiction_id: str) -> None:
    """Let clients fetch anew what shows departments."""
    move_changeset(jurisdiction_id, datetime.now(UTC).replace(microsecond=0))
    db.session.commit()
