"""What the database server says about itself, for open311 doctor."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from open311.database import db


class DatabaseState(NamedTuple):
    """Versions, the largest number of connections, and the time of the database server."""

    version: str
    postgis: str | None
    connections: int
    now: datetime


_STATE = text(
    "SELECT current_setting('server_version'),"
    " (SELECT extversion FROM pg_extension WHERE extname = 'postgis'),"
    " current_setting('max_connections')::int, clock_timestamp()"
)


def database_state() -> DatabaseState:
    """Return the state; postgis is None before the first upgrade."""
    return DatabaseState(*db.session.execute(_STATE).one())
