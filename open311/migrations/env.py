"""How Alembic reaches the database and the tables; started by open311 db … in an app context."""

from typing import Any

from alembic import context

from open311.database import Base, db

OF_POSTGIS = {"spatial_ref_sys"}


def belongs_to_us(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave out what the PostGIS extension put into the schema."""
    return kind != "table" or name not in OF_POSTGIS


def run() -> None:
    """Run the migrations in one transaction, so that a failing one leaves nothing behind."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=belongs_to_us,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
