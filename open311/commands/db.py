"""open311 db: the tables of the database."""

import click
import flask_migrate
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

db_commands = AppGroup("db", help="Create the tables and keep them up to date.")

NOT_INSTALLED = {"0A000", "58P01"}
"""PostgreSQL's codes for an extension that its server does not have, by version."""

NOT_PERMITTED = "42501"


@db_commands.command()
def upgrade() -> None:
    """Bring the tables up to date; in a new database, create them.

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
    """Return what to do where an extension cannot be created; None for another error."""
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
    """Print the revision that the tables are at.

    \b
    Example:
      open311 db current
    """
    flask_migrate.current()


@db_commands.command()
def check() -> None:
    """Fail if the tables of an up-to-date database differ from the models.

    \b
    Example:
      open311 db check
    """
    flask_migrate.check()


@db_commands.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a new migration from what the models have and the database lacks.

    \b
    Example:
      open311 db revision "requests get photos"
    """
    flask_migrate.revision(message=message, autogenerate=True)
