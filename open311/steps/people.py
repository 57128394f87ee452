"""Sessions of users, for the operations that start and end them."""

from sqlalchemy import delete

from open311.database import db
from open311.models import UserSession


def drop_sessions(user_id: int) -> int:
    """Delete all sessions of a user, and return their number; the caller commits.

    The caller has changed the row of the user, so that no session starts before the commit.
    """
    statement = delete(UserSession).where(UserSession.user_id == user_id)
    return db.session.connection().execute(statement).rowcount
