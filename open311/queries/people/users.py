"""Reading users."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.people import USER_UNKNOWN
from open311.models import Department, User


@dataclass(frozen=True, kw_only=True)
class UserInfo:
    """A user as others may see it. department is the code of theirs; times are in UTC.

    password_hash is None where they sign in elsewhere; openid_subject says who they are there.
    """

    id: int
    jurisdiction_id: str
    name: str
    role: str
    department_id: int | None
    department: str | None
    disabled_at: datetime | None
    locked_until: datetime | None
    password_hash: str | None
    openid_subject: str | None


def find_user(name: str) -> UserInfo | None:
    """Find a user by name, in use or not."""
    row = db.session.execute(_select().where(User.name == name)).mappings().one_or_none()
    return None if row is None else UserInfo(**row)


def find_user_by_subject(subject: str) -> UserInfo | None:
    """Find a user by who they are where they sign in, in use or not."""
    row = db.session.execute(_select().where(User.openid_subject == subject)).mappings()
    found = row.one_or_none()
    return None if found is None else UserInfo(**found)


def get_user_by_id(user_id: int) -> UserInfo | None:
    """Get a user by id, in use or not; None where there is none."""
    row = db.session.execute(_select().where(User.id == user_id)).mappings().one_or_none()
    return None if row is None else UserInfo(**row)


def get_user(jurisdiction_id: str, name: str) -> UserInfo:
    """Get a user of a jurisdiction; raises NotFound."""
    found = find_user(name)
    if found is None or found.jurisdiction_id != jurisdiction_id:
        raise NotFound(USER_UNKNOWN, field="name", name=name)
    return found


def list_users(jurisdiction_id: str) -> list[UserInfo]:
    """List the users of a jurisdiction, by name."""
    statement = _select().where(User.jurisdiction_id == jurisdiction_id).order_by(User.name)
    return [UserInfo(**row) for row in db.session.execute(statement).mappings()]


def _select() -> Select[*tuple[Any, ...]]:
    return select(
        User.id,
        User.jurisdiction_id,
        User.name,
        User.role,
        User.department_id,
        Department.code.label("department"),
        User.disabled_at,
        User.locked_until,
        User.password_hash,
        User.openid_subject,
    ).outerjoin(Department, Department.id == User.department_id)
