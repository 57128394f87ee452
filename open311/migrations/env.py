"""How Alembic reaches the database and the tables; started by open311 db … in an app context."""

from typing import Any

from alembic import context
from sqlalchemy import text

from open311.database import Base, db

LOCK = 311_0001
"""The advisory lock of PostgreSQL for which a second upgrade of the same database waits."""

OF_POSTGIS = {"spatial_ref_sys"}


OF_JOBS = "procrastinate_"


def belongs_to_us(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave out what PostGIS put into the schema, and the tables of Procrastinate."""
    if kind != "table" or name is None:
        return True
    return name not in OF_POSTGIS and not name.startswith(OF_JOBS)


def run() -> None:
    """Run the migrations in one transaction, so that a failing one leaves nothing behind.

    The time limit of other statements does not apply: a table may be large, and the first upgrade
    slow.
    """
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=belongs_to_us,
            compare_server_default=True,
        )
        with context.begin_transaction():
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            context.run_migrations()


run()
