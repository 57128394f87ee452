"""open311 db: the tables of the database."""

import click
import flask_migrate
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

db_commands = AppGroup("db", help="Create and upgrade the database tables.")

NOT_INSTALLED = {"0A000", "58P01"}
"""PostgreSQL error codes, by version, for an extension that is not installed."""

NOT_PERMITTED = "42501"


@db_commands.command()
def upgrade() -> None:
    """Create the tables, or upgrade them to this version.

    \b
    Example:
      open311 db upgrade
    """
    try:
        flask_migrate.upgrade()
    except DBAPIError as error:
        sentence = _about_extensions(error)
        if sentence is None:
            raise
        raise click.ClickException(sentence) from None
    click.echo("The tables are up to date.")


def _about_extensions(error: DBAPIError) -> str | None:
    """Return instructions if an extension cannot be created; None for another error."""
    code = getattr(error.orig, "sqlstate", None)
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
