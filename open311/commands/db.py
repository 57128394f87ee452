"""open311 db: the tables of the database."""

import time
from typing import NoReturn

import click
import flask_migrate
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from open311.database import session_settings
from open311.operations.database_role import keep_role_settings

db_commands = AppGroup("db", help="Create and upgrade the database tables.")

NOT_INSTALLED = {"0A000", "58P01"}
"""PostgreSQL error codes, by version, for an extension that is not installed."""

NOT_PERMITTED = "42501"

LOCK_NOT_AVAILABLE = "55P03"

PAUSES = (2, 5, 10)
"""Seconds before each new attempt, if a migration waits too long for a table in use."""


@db_commands.command()
def upgrade() -> None:
    """Create the tables, or upgrade them to this version.

    The previous version can go on serving. If several run at the same time, they wait for each
    other.

    \b
    Example:
      open311 db upgrade
    """
    for pause in (*PAUSES, None):
        try:
            flask_migrate.upgrade()
            break
        except DBAPIError as error:
            if pause is None or _state(error) != LOCK_NOT_AVAILABLE:
                _explain(error)
            click.echo(f"A table is in use. Next attempt in {pause} seconds.", err=True)
            time.sleep(pause or 0)
    click.echo("The tables are up to date.")


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _explain(error: DBAPIError) -> NoReturn:
    """Raise instructions if there are some, else the error."""
    sentence = _about_locks(error) or _about_extensions(error)
    if sentence is None:
        raise error
    raise click.ClickException(sentence) from None


def _about_locks(error: DBAPIError) -> str | None:
    if _state(error) != LOCK_NOT_AVAILABLE:
        return None
    return (
        "A transaction keeps a table in use. End it, and run open311 db upgrade again: it "
        "continues where it stopped. The page Operations says how to find long transactions."
    )


def _about_extensions(error: DBAPIError) -> str | None:
    """Return instructions if an extension cannot be created; None for another error."""
    code = _state(error)
    if code in NOT_INSTALLED:
        return (
            "PostGIS is not installed on the database server. Install it (on Debian, the package "
            "postgresql-postgis), and run open311 db upgrade again."
        )
    if code == NOT_PERMITTED:
        return (
            "The database user may not create the tables or the extensions postgis, btree_gist, "
            "and pg_trgm. Let an administrator of the database run CREATE EXTENSION for each of "
            "them, and make the user the owner of the database."
        )
    return None


@db_commands.command()
def role() -> None:
    """Keep the settings of connections with the database user, for PgBouncer.

    PgBouncer passes none on. The server reads them from the user and the database that
    DATABASE_DIRECT_URL names. Run it again after a change of OPEN311_STATEMENT_SECONDS.

    \b
    Example:
      open311 db role
    """
    wanted = session_settings(current_app.config["OPEN311_STATEMENT_SECONDS"], serving=True)
    kept = keep_role_settings(wanted)
    for name, value in wanted.items():
        click.echo(f"{name} = {value}")
    click.echo(
        f"Kept with the user {kept.user} in the database {kept.database}. Connections that are "
        "open keep theirs: let PgBouncer RECONNECT."
    )


@db_commands.command()
def current() -> None:
    """Print the current revision of the tables.

    \b
    Example:
      open311 db current
    """
    flask_migrate.current()


@db_commands.command()
def check() -> None:
    """Compare the tables with the models; exit 1 if they differ.

    \b
    Example:
      open311 db check
    """
    flask_migrate.check()


@db_commands.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration from the difference between models and tables.

    \b
    Example:
      open311 db revision "add photos to requests"
    """
    flask_migrate.revision(message=message, autogenerate=True)
