"""A new user, and a new password."""

from datetime import UTC, datetime

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters
from open311.models import User
from open311.passwords import LONGEST, SHORTEST, hash_password
from open311.queries.departments import get_department
from open311.queries.users import get_user


def create_user(
    jurisdiction_id: str,
    name: str,
    password: str | None,
    role: str,
    department: str | None = None,
) -> None:
    """Store a user, with a department by its code where the role is department.

    Without a password they sign in by OpenID Connect alone.

    Raises Conflict where the name is taken, NotFound for the department, and InvalidParameters.
    """
    department_id = department_of_role(jurisdiction_id, role, department)
    row = {
        "jurisdiction_id": jurisdiction_id,
        "name": name,
        "role": role,
        "department_id": department_id,
        "password_hash": None if password is None else _hashed(password),
        "created_at": datetime.now(UTC),
        "failed_sign_ins": 0,
    }
    try:
        db.session.execute(insert(table(User)), row)
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict(_conflict(error, name)) from None
    db.session.commit()


def change_password(jurisdiction_id: str, name: str, password: str) -> None:
    """Give a user another password, which also lifts a lock; raises NotFound."""
    user = get_user(jurisdiction_id, name)
    values = {"password_hash": _hashed(password), "failed_sign_ins": 0, "locked_until": None}
    db.session.execute(update(User).where(User.id == user.id).values(**values))
    db.session.commit()


def department_of_role(jurisdiction_id: str, role: str, department: str | None) -> int | None:
    """Give the id of the department that a role needs; raises InvalidParameters and NotFound."""
    if (role == "department") != (department is not None):
        raise InvalidParameters("A department belongs to role department, and to no other.")
    return None if department is None else get_department(jurisdiction_id, department).id


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidParameters(f"A password must have {SHORTEST} characters at least.")
    return hash_password(password)


def _conflict(error: IntegrityError, name: str) -> str:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None and diagnosis.constraint_name == "uq_users_name":
        return f"There is a user named {name!r} already: take another name."
    return "A name of a user has small letters, digits and . _ @ + - in it, and no blanks."
