"""How Alembic reaches the database and the tables; started by open311 db … in an app context."""

import time
from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from open311.database import Base, db

LOCK = 311_0001
"""The advisory lock of PostgreSQL for which a second upgrade of the same database waits."""

LOCK_SECONDS = 5
"""Maximum seconds that a migration waits for a table: those who want it next wait, too."""

OF_POSTGIS = {"spatial_ref_sys"}


OF_JOBS = "procrastinate_"


def belongs_to_us(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave out what PostGIS put into the schema, and the tables of Procrastinate."""
    if kind != "table" or name is None:
        return True
    return name not in OF_POSTGIS and not name.startswith(OF_JOBS)


def run() -> None:
    """Run each migration in a transaction of its own, so that none keeps tables locked for long.

    A failing one leaves nothing behind, and the ones before it stay: another upgrade continues
    there. The time limit of other statements does not apply: a table may be large, and the first
    upgrade slow. The connection ends with what was set for it, and with its lock.
    """
    with db.engine.connect() as connection:
        try:
            with connection.begin():
                connection.execute(text("SET statement_timeout = 0"))
                connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
            _wait_for_others(connection)
            _drop_unfinished_indexes(connection)
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                include_object=belongs_to_us,
                compare_server_default=True,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.rollback()  # what was only read
            with connection.begin():
                _note_oldest_code(connection)
        finally:
            connection.invalidate()


def _wait_for_others(connection: Connection) -> None:
    """Wait until no other upgrade runs.

    Not within one statement: CREATE INDEX CONCURRENTLY of the other would wait for its end.
    """
    is_ours = False
    while not is_ours:
        with connection.begin():
            asked = text("SELECT pg_try_advisory_lock(:lock)")
            is_ours = connection.execute(asked, {"lock": LOCK}).scalar_one()
        time.sleep(0 if is_ours else 1)


_UNFINISHED = text(
    "SELECT format('%I', relname) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace"
    " AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index)"
)


def _drop_unfinished_indexes(connection: Connection) -> None:
    """Drop what a concurrent build left that waited too long for others, or was interrupted.

    Such an index is written to and never read, and its name is taken. The next attempt builds it.
    """
    with connection.begin():
        names = list(connection.scalars(_UNFINISHED))
    for name in names:
        with connection.begin():
            connection.execute(text(f"DROP INDEX {name}"))


def _note_oldest_code(connection: Connection) -> None:
    """Write which versions can serve the newest tables: a version does not know later migrations.

    It is the greatest BREAKS_BEFORE of all migrations, as a comment on Alembic's own table, which
    dumps keep.
    """
    script = context.script
    newest = script.get_current_head()
    if context.get_context().get_current_heads() != (newest,):
        return
    said = (getattr(one.module, "BREAKS_BEFORE", "") for one in script.walk_revisions())
    oldest = max((one for one in said if one), default=FIRST_RELEASE)
    has = text("SELECT obj_description('alembic_version'::regclass, 'pg_class')")
    if connection.scalar(has) != oldest:
        connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{oldest}'"))


FIRST_RELEASE = "0050"
"""What the oldest version had that can serve the tables, as far as no migration says otherwise."""


run()
