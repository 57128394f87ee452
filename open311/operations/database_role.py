"""The settings that PostgreSQL gives to each connection of a database user."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import text

from open311.database import db
from open311.operations.transaction import operation


class Role(NamedTuple):
    """A database user in one database."""

    user: str
    database: str


_SET = text(
    "SELECT format('ALTER ROLE %I IN DATABASE %I SET %s = %L',"
    " current_user, current_database(), CAST(:name AS text), CAST(:value AS text))"
)
"""PostgreSQL quotes: ALTER ROLE takes no parameters."""


@operation
def keep_role_settings(settings: Mapping[str, str]) -> Role:
    """Keep settings with the user of this connection, for its database.

    They are the defaults of connections that begin later.
    """
    for name, value in settings.items():
        statement = db.session.scalar(_SET, {"name": name, "value": value})
        db.session.execute(text(str(statement)))
    return Role(*db.session.execute(text("SELECT current_user, current_database()")).one())
