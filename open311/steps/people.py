"""Passwords, sessions, and secret links of users, for the operations that change them."""

from datetime import UTC, datetime

from sqlalchemy import delete, update

from open311.database import db
from open311.errors import InvalidParameters
from open311.messages.people import PASSWORD_TOO_SHORT
from open311.models import UserLink, UserSession
from open311.passwords import LONGEST, SHORTEST, hash_password


def drop_sessions(user_id: int) -> int:
    """Delete all sessions of a user, and return their number; the caller commits.

    The caller has changed the row of the user, so that no session starts before the commit.
    """
    statement = delete(UserSession).where(UserSession.user_id == user_id)
    return db.session.connection().execute(statement).rowcount


def end_links(user_id: int) -> None:
    """End all secret links with which a user could set a password; the caller commits."""
    mine = update(UserLink).where(UserLink.user_id == user_id, UserLink.used_at.is_(None))
    db.session.execute(mine.values(used_at=datetime.now(UTC)))


def hash_of_new(password: str) -> str:
    """Return what is stored of a new password; raises InvalidParameters for a short one."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidParameters(PASSWORD_TOO_SHORT, field="password", limit=SHORTEST)
    return hash_password(password)
