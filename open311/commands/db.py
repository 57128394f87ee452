"""open311 db: the tables of the database."""

import click
import flask_migrate
from flask.cli import AppGroup

db_commands = AppGroup("db", help="Create and upgrade the database tables.")


@db_commands.command()
def upgrade() -> None:
    """Create the tables, or upgrade them to this version.

    \b
    Example:
      open311 db upgrade
    """
    flask_migrate.upgrade()
    click.echo("The tables are up to date.")


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
