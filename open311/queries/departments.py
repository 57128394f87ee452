"""Reading departments."""

from sqlalchemy import select

from open311.database import db
from open311.models import Department


def get_department_name(department_id: int) -> str:
    """Get the name of a department that is known to exist."""
    return db.session.execute(
        select(Department.name).where(Department.id == department_id)
    ).scalar_one()
