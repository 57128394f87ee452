"""Users: created, disabled, enabled, and given a role or a password."""

from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters
from open311.messages.people import (
    DEPARTMENT_OF_ROLE,
    EMAIL_TAKEN,
    FULL_NAME_INVALID,
    LAST_ADMINISTRATOR,
    USER_ACTIVE,
    USER_DISABLED,
    USER_EXISTS,
    USER_NAME_INVALID,
)
from open311.models import AuditEntry, ServiceRequest, User, UserSession
from open311.operations.transaction import operation
from open311.queries.catalog.departments import get_department
from open311.queries.people.users import UserInfo, get_user, name_key
from open311.queries.requests.conditions import still_open
from open311.queries.telling.recipients import find_usual_language
from open311.steps.people import drop_sessions, end_links, hash_of_new
from open311.steps.requests.history import store_work_step
from open311.steps.requests.lock import lock_all
from schemas.vocabulary.languages import LANGUAGES


@operation
def create_user(
    jurisdiction_id: str,
    name: str,
    password: str | None,
    role: str,
    department: str | None = None,
    email: str | None = None,
    full_name: str = "",
) -> None:
    """Store a user; the role department requires a department code.

    Without a password, the user signs in by OpenID Connect only.

    Raises Conflict if the name or the email address is taken, NotFound for the department, and
    InvalidParameters.
    """
    department_id = _department_of_role(jurisdiction_id, role, department)
    name = _checked_name(name)
    row: dict[str, Any] = {
        "jurisdiction_id": jurisdiction_id,
        "name": name,
        "name_key": name_key(name),
        "full_name": _checked_full_name(full_name),
        "role": role,
        "department_id": department_id,
        "password_hash": None if password is None else hash_of_new(password),
        "created_at": datetime.now(UTC),
        "recovery_hashes": [],
        "email": email,
        "language": find_usual_language(jurisdiction_id) or next(iter(LANGUAGES)),
    }
    try:
        db.session.execute(insert(table(User)), row)
    except IntegrityError as error:
        raise _conflict(error, name) from None


LONGEST_NAME = 100


def _checked_name(name: str) -> str:
    """Return a username in Unicode's composed form (NFC) with single spaces; raises Conflict.

    Basic authentication cannot send a colon, and paths of pages cannot contain a slash.
    """
    tidy = normalize("NFC", name.strip(" "))
    readable = tidy.isprintable() and any(one.isalnum() for one in tidy)
    if not readable or len(tidy) > LONGEST_NAME or set(tidy) & set(":/"):
        raise Conflict(USER_NAME_INVALID, field="name", limit=LONGEST_NAME)
    return " ".join(tidy.split())


@operation
def change_password(jurisdiction_id: str, name: str, password: str) -> None:
    """Store a new password for a user, and end all sessions; raises NotFound."""
    user = get_user(jurisdiction_id, name)
    statement = update(User).where(User.id == user.id)
    db.session.execute(statement.values(password_hash=hash_of_new(password)))
    drop_sessions(user.id)
    end_links(user.id)


def _department_of_role(jurisdiction_id: str, role: str, department: str | None) -> int | None:
    """Return the id of the department that a role needs; raises InvalidParameters and NotFound."""
    if (role == "department") != (department is not None):
        raise InvalidParameters(DEPARTMENT_OF_ROLE, field="department")
    return None if department is None else get_department(jurisdiction_id, department).id


def _conflict(error: IntegrityError, name: str) -> Conflict:
    diagnosis = getattr(error.orig, "diag", None)
    constraint = None if diagnosis is None else diagnosis.constraint_name
    if constraint == "uq_users_name_key":
        return Conflict(USER_EXISTS, field="name", name=name)
    if constraint == "uq_users_email":
        return Conflict(EMAIL_TAKEN, field="email")
    return Conflict(USER_NAME_INVALID, field="name", limit=LONGEST_NAME)


@operation
def change_role(
    jurisdiction_id: str, name: str, role: str, department: str | None, made_by: str
) -> None:
    """Change the role of a user; the role department requires a department code.

    Their assigned service requests become unassigned. made_by is the acting user. Raises NotFound
    for the user or the department, InvalidParameters if role and department do not match, and
    Conflict if no administrator would remain.
    """
    user = get_user(jurisdiction_id, name)
    department_id = _department_of_role(jurisdiction_id, role, department)
    _store(user, role=role, department_id=department_id)
    _release(user, made_by)


@operation
def disable_user(jurisdiction_id: str, name: str, made_by: str) -> None:
    """Disable a user's sign-in, end all sessions, and unassign their service requests.

    made_by is the acting user. Raises NotFound, and Conflict if the user is disabled already or if
    no administrator would remain.
    """
    user = get_user(jurisdiction_id, name)
    if user.disabled_at is not None:
        raise Conflict(USER_DISABLED, name=name)
    _store(user, disabled_at=datetime.now(UTC))
    drop_sessions(user.id)
    end_links(user.id)
    _release(user, made_by)


@operation
def end_sessions_of(jurisdiction_id: str, name: str, token_hash: bytes | None = None) -> None:
    """End one session of a user, or all, as an administrator; raises NotFound.

    No row of an audited table changes, so the entry is stored here.
    """
    user = get_user(jurisdiction_id, name)
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
    theirs = delete(UserSession).where(UserSession.user_id == user.id)
    if token_hash is not None:
        theirs = theirs.where(UserSession.token_hash == token_hash)
    if db.session.connection().execute(theirs).rowcount:
        entry = {
            "jurisdiction_id": jurisdiction_id,
            "subject": User.__tablename__,
            "subject_name": user.name,
            "action": "sessions_ended",
        }
        db.session.execute(insert(table(AuditEntry)), entry)


@operation
def change_full_name(jurisdiction_id: str, name: str, full_name: str) -> None:
    """Store the name of the person, or none; raises NotFound, and Conflict for what no name is."""
    user = get_user(jurisdiction_id, name)
    tidy = _checked_full_name(full_name)
    db.session.execute(update(User).where(User.id == user.id).values(full_name=tidy))


def _checked_full_name(full_name: str) -> str:
    """Return the name of a person in Unicode's composed form (NFC) with single spaces."""
    tidy = " ".join(normalize("NFC", full_name).split())
    if not tidy.isprintable() or len(tidy) > LONGEST_NAME:
        raise Conflict(FULL_NAME_INVALID, field="full_name", limit=LONGEST_NAME)
    return tidy


@operation
def enable_user(jurisdiction_id: str, name: str) -> None:
    """Enable a disabled user; raises NotFound, and Conflict if the user is enabled."""
    user = get_user(jurisdiction_id, name)
    if user.disabled_at is None:
        raise Conflict(USER_ACTIVE, name=name)
    _store(user, disabled_at=None)


def _release(user: UserInfo, made_by: str) -> None:
    """Unassign all service requests of a user, with history; the caller commits."""
    pks = lock_all(ServiceRequest.assigned_user_id == user.id, still_open())
    theirs = update(ServiceRequest).where(ServiceRequest.pk.in_(pks))
    db.session.execute(theirs.values(assigned_user_id=None))
    for pk in pks:
        store_work_step(pk, "released", "", made_by)


def _store(user: UserInfo, **columns: Any) -> None:
    """Change columns of a user; raises Conflict if no administrator would remain.

    Administrators are locked first, so that two of them cannot resign at the same time. The caller
    commits.
    """
    administrators = select(User.id).where(
        User.jurisdiction_id == user.jurisdiction_id,
        User.role == "administrator",
        User.disabled_at.is_(None),
    )
    before = db.session.scalars(
        administrators.order_by(User.id).with_for_update(key_share=True)
    ).all()
    db.session.execute(update(User).where(User.id == user.id).values(**columns))
    if before and not db.session.scalars(administrators).first():
        raise Conflict(LAST_ADMINISTRATOR, name=user.name)
