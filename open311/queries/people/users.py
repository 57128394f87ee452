"""Reading users and their sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.people import USER_UNKNOWN
from open311.models import Department, User, UserLink, UserSession
from open311.statements import Statement
from schemas.vocabulary.notices import EMAIL_CHANGE, INVITATION, OF_PASSWORDS


@dataclass(frozen=True, kw_only=True)
class UserInfo:
    """A user. department is the code of the user's department; times are in UTC.

    password_hash is None for users of OpenID Connect; openid_subject is their subject at the
    issuer. two_step says whether they also need a code to sign in. Emails go to email, if there is
    one, in language; notices are the choices of the user (USUAL_OF_USERS). after_action is one of
    AFTER_ACTION, and shortcuts says whether single keys are shortcuts. whole_city and queue_seen_at
    are about the work queue (models/people.py). list_columns are the columns of the user's lists,
    none for the usual ones, and list_density is one of DENSITIES.
    """

    id: int
    jurisdiction_id: str
    name: str
    role: str
    department_id: int | None
    department: str | None
    disabled_at: datetime | None
    password_hash: str | None
    openid_subject: str | None
    two_step: bool
    email: str | None = field(repr=False)
    language: str
    notices: Mapping[str, str]
    after_action: str
    shortcuts: bool
    whole_city: bool
    queue_seen_at: datetime | None
    list_columns: Sequence[str]
    list_density: str
    full_name: str = ""
    last_sign_in_at: datetime | None = None


@dataclass(frozen=True)
class SessionInfo:
    """A session of a user: the hash of its token, and the time of the sign-in in UTC.

    device is what the browser called itself; empty if that is not known.
    """

    token_hash: bytes
    created_at: datetime
    device: str = ""


def name_key(name: str) -> str:
    """Return a username without the differences that do not count: case and how it is encoded."""
    return normalize("NFC", normalize("NFC", " ".join(name.split())).casefold())


def hash_of_token(token: str) -> bytes:
    """Return what is stored of the random token of a session."""
    return sha256(token.encode("utf-8", "replace")).digest()


def find_user(name: str) -> UserInfo | None:
    """Find a user by name in upper or lower case, disabled or not."""
    statement = _select().where(User.name_key == name_key(name))
    row = db.session.execute(statement).mappings().one_or_none()
    return None if row is None else UserInfo(**row)


def find_user_by_subject(subject: str) -> UserInfo | None:
    """Find a user by OpenID Connect subject, disabled or not."""
    row = db.session.execute(_select().where(User.openid_subject == subject)).mappings()
    found = row.one_or_none()
    return None if found is None else UserInfo(**found)


def get_user_by_id(user_id: int) -> UserInfo | None:
    """Get a user by id, disabled or not; None if there is none."""
    row = db.session.execute(_select().where(User.id == user_id)).mappings().one_or_none()
    return None if row is None else UserInfo(**row)


def find_user_of_session(token: str) -> UserInfo | None:
    """Find the user of a session that has not ended; None for disabled users."""
    rows = _of_session().read({"token_hash": hash_of_token(token), "now": datetime.now(UTC)})
    return UserInfo(**dict(zip(_COLUMNS, rows[0], strict=True))) if rows else None


@cache
def _of_session() -> Statement:
    statement = (
        _select()
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == bindparam("token_hash"),
            UserSession.expires_at > bindparam("now"),
            User.disabled_at.is_(None),
        )
    )
    return Statement(statement, prepared=True)


@dataclass(frozen=True)
class PasswordLink:
    """A secret link that works: the name of its user, and what it is for (LINK_PURPOSES)."""

    user: str
    purpose: str


def link_works(*purposes: str) -> ColumnElement[bool]:
    """Return the condition that a secret link for one of these purposes still works."""
    return and_(
        UserLink.used_at.is_(None),
        UserLink.expires_at > datetime.now(UTC),
        UserLink.purpose.in_(purposes),
    )


def find_password_link(token: str) -> PasswordLink | None:
    """Find a secret link with which a user can set a password now."""
    row = db.session.execute(
        select(User.name, UserLink.purpose)
        .join(User, User.id == UserLink.user_id)
        .where(
            UserLink.token_hash == hash_of_token(token),
            link_works(*OF_PASSWORDS),
            User.disabled_at.is_(None),
            User.password_hash.is_not(None),
        )
    ).one_or_none()
    return None if row is None else PasswordLink(*row)


@dataclass(frozen=True)
class EmailLink:
    """A secret link that works: the name of its user, and the address that it confirms."""

    user: str
    email: str


def find_email_link(token: str) -> EmailLink | None:
    """Find a secret link with which a user can confirm an address now."""
    row = db.session.execute(
        select(User.name, UserLink.email)
        .join(User, User.id == UserLink.user_id)
        .where(
            UserLink.token_hash == hash_of_token(token),
            link_works(EMAIL_CHANGE),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if row is None or row.email is None else EmailLink(row.name, row.email)


def find_awaited_email(user_id: int) -> str | None:
    """Find the address that a user has still to confirm."""
    return db.session.scalar(
        select(UserLink.email).where(UserLink.user_id == user_id, link_works(EMAIL_CHANGE))
    )


def list_open_invitations(jurisdiction_id: str) -> Mapping[int, datetime]:
    """Return until when the invitations work that users have not followed, by id of the user."""
    rows = db.session.execute(
        select(UserLink.user_id, UserLink.expires_at)
        .join(User, User.id == UserLink.user_id)
        .where(User.jurisdiction_id == jurisdiction_id, link_works(INVITATION))
        .order_by(UserLink.id)
    )
    return {row.user_id: row.expires_at for row in rows}


def list_sessions(user_id: int) -> list[SessionInfo]:
    """List the sessions of a user that have not expired, newest first."""
    rows = db.session.execute(
        select(UserSession.token_hash, UserSession.created_at, UserSession.device)
        .where(UserSession.user_id == user_id, UserSession.expires_at > datetime.now(UTC))
        .order_by(UserSession.created_at.desc(), UserSession.token_hash)
    )
    return [SessionInfo(*row) for row in rows]


def get_user(jurisdiction_id: str, name: str) -> UserInfo:
    """Get a user of a jurisdiction; raises NotFound."""
    found = find_user(name)
    if found is None or found.jurisdiction_id != jurisdiction_id:
        raise NotFound(USER_UNKNOWN, field="name", name=name)
    return found


def select_colleagues(jurisdiction_id: Any) -> Select[*tuple[Any, ...]]:
    """Select name, role, and department_id of the users who can sign in, by name."""
    return (
        select(User.name, User.role, User.department_id)
        .where(User.jurisdiction_id == jurisdiction_id, User.disabled_at.is_(None))
        .order_by(User.name_key)
    )


def list_users(jurisdiction_id: str) -> list[UserInfo]:
    """List the users of a jurisdiction, by name."""
    statement = _select().where(User.jurisdiction_id == jurisdiction_id).order_by(User.name_key)
    return [UserInfo(**row) for row in db.session.execute(statement).mappings()]


_COLUMNS: dict[str, Any] = {
    "id": User.id,
    "jurisdiction_id": User.jurisdiction_id,
    "name": User.name,
    "role": User.role,
    "department_id": User.department_id,
    "department": Department.code,
    "disabled_at": User.disabled_at,
    "password_hash": User.password_hash,
    "openid_subject": User.openid_subject,
    "two_step": User.totp_secret.is_not(None),
    "email": User.email,
    "language": User.language,
    "notices": User.notices,
    "after_action": User.after_action,
    "shortcuts": User.shortcuts,
    "whole_city": User.whole_city,
    "queue_seen_at": User.queue_seen_at,
    "full_name": User.full_name,
    "last_sign_in_at": User.last_sign_in_at,
    "list_columns": User.list_columns,
    "list_density": User.list_density,
}


def _select() -> Select[*tuple[Any, ...]]:
    columns = (column.label(name) for name, column in _COLUMNS.items())
    return select(*columns).outerjoin(Department, Department.id == User.department_id)
