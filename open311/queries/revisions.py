"""The revision of the database, compared with the migrations of this version."""

from enum import Enum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from open311.database import CONNECT_SECONDS

MIGRATIONS = Path(__file__).parents[1] / "migrations"


class Fit(Enum):
    """Whether this version can serve a database; the value is a sentence without its period."""

    WORKS = "The tables fit this version"
    NO_TABLES = "The database has no tables yet. Run open311 db upgrade first"
    BEHIND = (
        "The tables are at revision {found}, and this version needs {head}. Run open311 db upgrade"
    )
    TOO_NEW = (
        "The tables were upgraded to revision {found} by a newer version, and this one, with "
        "revision {head}, cannot use them. Install that version again"
    )


class Revision(NamedTuple):
    """The revision of a database.

    oldest_code is the newest revision of the oldest version that can serve it; empty if unknown.
    """

    found: str
    oldest_code: str

    def fit(self) -> Fit:
        """Return whether this version can serve a database with this revision."""
        if not self.found:
            return Fit.NO_TABLES
        if self.found == head():
            return Fit.WORKS
        if self.found in _known() or not self.found.isdigit():
            return Fit.BEHIND
        is_allowed = bool(self.oldest_code) and self.oldest_code <= head()
        return Fit.WORKS if is_allowed else Fit.TOO_NEW

    def sentence(self) -> str:
        return f"{self.fit().value.format(found=self.found, head=head())}."


_READ = text(
    "SELECT to_regclass('alembic_version') IS NOT NULL, "
    "obj_description(to_regclass('alembic_version'), 'pg_class')"
)


def read_revision(connection: Connection) -> Revision:
    """Return the revision of a database; env.py of the migrations writes both."""
    has_table, oldest_code = connection.execute(_READ).one()
    if not has_table:
        return Revision("", "")
    found = connection.scalar(text("SELECT max(version_num) FROM alembic_version"))
    return Revision(found or "", oldest_code or "")


def refusal_to_serve(database_url: str) -> str:
    """Return why a database must not be served, as one sentence; empty if it may be.

    One that cannot be reached may be there soon: then the server starts, and is not ready.
    """
    try:
        return why_unfit(database_url)
    except SQLAlchemyError:
        return ""


def why_unfit(database_url: str) -> str:
    """Return why the tables of a database do not fit, as one sentence; empty if they do.

    Raises SQLAlchemyError if they cannot be read.
    """
    engine = create_engine(
        database_url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}
    )
    with engine.connect() as connection:
        revision = read_revision(connection)
    return "" if revision.fit() is Fit.WORKS else revision.sentence()


def head() -> str:
    """Return the revision of the newest migration of this version."""
    return max(_known())


@cache
def _known() -> frozenset[str]:
    """Return all revisions of this version: names of files begin with them, which tests check."""
    return frozenset(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
