"""Passwords, sessions, and secret links of users, for the operations that change them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from open311.database import db
from open311.errors import InvalidParameters
from open311.messages.people import PASSWORD_TOO_SHORT
from open311.models import UserLink, UserSession
from open311.passwords import LONGEST, SHORTEST, hash_password
from open311.secret_links import hash_of_token, token_of
from schemas.vocabulary.notices import EMAIL_CHANGE, INVITATION, PASSWORD_RESET

VALID = {
    INVITATION: timedelta(days=7),
    PASSWORD_RESET: timedelta(hours=1),
    EMAIL_CHANGE: timedelta(days=1),
}
"""Time for which a secret link works, by its purpose."""


def new_link(secret_key: str, purpose: str, now: datetime) -> dict[str, Any]:
    """Return the row of a new secret link, without its user."""
    id_ = db.session.scalars(select(func.nextval("user_links_id_seq"))).one()
    return {
        "id": id_,
        "purpose": purpose,
        "token_hash": hash_of_token(token_of(secret_key, purpose, id_)),
        "created_at": now,
        "expires_at": now + VALID[purpose],
    }


def drop_sessions(user_id: int) -> int:
    """Delete all sessions of a user, and return their number; the caller commits.

    The caller has changed the row of the user, so that no session starts before the commit.
    """
    statement = delete(UserSession).where(UserSession.user_id == user_id)
    return db.session.connection().execute(statement).rowcount


def end_links(user_id: int, purpose: str | None = None) -> None:
    """End all secret links of a user, or those for one purpose; the caller commits."""
    mine = update(UserLink).where(UserLink.user_id == user_id, UserLink.used_at.is_(None))
    if purpose is not None:
        mine = mine.where(UserLink.purpose == purpose)
    db.session.execute(mine.values(used_at=datetime.now(UTC)))


def hash_of_new(password: str) -> str:
    """Return what is stored of a new password; raises InvalidParameters for a short one."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidParameters(PASSWORD_TOO_SHORT, field="password", limit=SHORTEST)
    return hash_password(password)
