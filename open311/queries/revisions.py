"""The revision of the database, compared with the migrations of this version."""

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from open311.database import db

_MIGRATIONS = Path(__file__).parents[1] / "migrations"


def is_up_to_date() -> bool:
    """Return whether the database has exactly the migrations of this version."""
    context = MigrationContext.configure(db.session.connection())
    return set(context.get_current_heads()) == _heads()


@cache
def _heads() -> set[str]:
    return set(ScriptDirectory(str(_MIGRATIONS)).get_heads())
