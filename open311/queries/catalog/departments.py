"""Reads of departments."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.errors import NotFound
from open311.messages.catalog import DEPARTMENT_REQUIRED, DEPARTMENT_UNKNOWN
from open311.models import Department
from schemas.vocabulary.notices import AT_ONCE, NEW, USUAL_OF_DEPARTMENTS, chosen


def get_department_name(department_id: int) -> str:
    """Return the name of an existing department."""
    return db.session.execute(
        select(Department.name).where(Department.id == department_id)
    ).scalar_one()


@dataclass(frozen=True)
class DepartmentInfo:
    """A department by its id and its name."""

    id: int
    name: str


DEPARTMENTS_IN_ORDER = (Department.position.nulls_last(), Department.name, Department.code)
"""The city's order of departments; those without a place in it come last, by name."""


def get_department(jurisdiction_id: str, code: str) -> DepartmentInfo:
    """Get a department by its code; raises NotFound with the known codes."""
    rows = db.session.execute(
        select(Department.code, Department.id, Department.name)
        .where(Department.jurisdiction_id == jurisdiction_id)
        .order_by(Department.code)
    ).all()
    for row in rows:
        if row.code == code:
            return DepartmentInfo(row.id, row.name)
    if not code:
        raise NotFound(DEPARTMENT_REQUIRED, field="department")
    known = [row.code for row in rows]
    raise NotFound(DEPARTMENT_UNKNOWN, field="department", code=code, known=known)


def list_departments(jurisdiction_id: str) -> list[tuple[str, str]]:
    """List departments as (code, name), in the city's order, and then by name."""
    rows = db.session.execute(
        select(Department.code, Department.name)
        .where(Department.jurisdiction_id == jurisdiction_id)
        .order_by(*DEPARTMENTS_IN_ORDER)
    )
    return [(row.code, row.name) for row in rows]


def list_department_names(jurisdiction_id: str) -> dict[int, str]:
    """Return the name of each department by its id."""
    rows = db.session.execute(
        select(Department.id, Department.name).where(Department.jurisdiction_id == jurisdiction_id)
    )
    return {row.id: row.name for row in rows}


def list_notified_at_once(jurisdiction_id: str) -> frozenset[int]:
    """List the ids of departments whose mailbox gets an email about each new request at once."""
    rows = db.session.execute(
        select(Department.id, Department.notices).where(
            Department.jurisdiction_id == jurisdiction_id, Department.email.is_not(None)
        )
    )
    usual = USUAL_OF_DEPARTMENTS
    return frozenset(row.id for row in rows if chosen(row.notices, usual, NEW) == AT_ONCE)


def find_department_ids(jurisdiction_id: str, names: Sequence[str]) -> list[int]:
    """List the ids of departments by name or code, ignoring case; unknown ones are ignored."""
    wanted = any_(literal([name.lower() for name in names], ARRAY(String)))
    statement = select(Department.id).where(
        Department.jurisdiction_id == jurisdiction_id,
        or_(func.lower(Department.name) == wanted, func.lower(Department.code) == wanted),
    )
    return list(db.session.scalars(statement))
