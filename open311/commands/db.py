"""open311 db: the tables of the database."""

import click
import flask_migrate
from flask.cli import AppGroup

db_commands = AppGroup("db", help="Create the tables and keep them up to date.")


@db_commands.command()
def upgrade() -> None:
    """Bring the tables up to date; in a new database, create them.

    \b
    Example:
      open311 db upgrade
    """
    flask_migrate.upgrade()
    click.echo("The tables are up to date.")


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
