"""Whether connections of workers get their settings: PgBouncer passes none on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from open311.database import engine_options, session_settings
from open311.database_settings import POOLER

LEADS_TO_PGBOUNCER = (
    "DATABASE_URL leads to PgBouncer, which does not pass on the settings of connections. Set "
    "OPEN311_POOLER to yes, and DATABASE_DIRECT_URL to the database itself."
)

_NOT_KEPT = (
    "The user of DATABASE_URL has no setting {names} in the database. Run open311 db role with "
    "this user in DATABASE_DIRECT_URL, and let PgBouncer RECONNECT."
)

_REFUSED = "unsupported startup parameter"
"""What PgBouncer says to a client that asks for settings, without a state of PostgreSQL."""

_SETTING = text("SELECT current_setting(:name, true)")


def why_not_set(settings: Mapping[str, Any]) -> str:
    """Return why connections of workers do not get their settings, as sentences; empty if they do.

    A database that cannot be reached is not asked: it may be there soon.
    """
    is_pooled = settings[POOLER]
    wanted = session_settings(settings["OPEN311_STATEMENT_SECONDS"], serving=True)
    arguments = engine_options(wanted, pooled=is_pooled)["connect_args"]
    engine = create_engine(settings["DATABASE_URL"], poolclass=NullPool, connect_args=arguments)
    try:
        with engine.connect() as connection:
            missing = _not_as_wanted(connection, wanted)
    except SQLAlchemyError as error:
        return LEADS_TO_PGBOUNCER if _REFUSED in str(error) else ""
    if not missing:
        return ""
    return _NOT_KEPT.format(names=", ".join(missing)) if is_pooled else LEADS_TO_PGBOUNCER


def _not_as_wanted(connection: Connection, wanted: Mapping[str, str]) -> list[str]:
    found = {name: connection.scalar(_SETTING, {"name": name}) for name in wanted}
    return [name for name, value in wanted.items() if found[name] != value]
