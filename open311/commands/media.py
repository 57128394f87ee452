"""open311 media: the files of photos."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from open311.operations.sweep_media import sweep_media
from open311.sent_media import media_store

media_commands = AppGroup("media", help="Look after the files of photos.")


@media_commands.command()
def sweep() -> None:
    """Remove files that a crash left behind: older than an hour, and no report names them.

    \b
    Example:
      open311 media sweep
    """
    removed = sweep_media(media_store(), datetime.now(UTC))
    click.echo(f"{removed} {'file was' if removed == 1 else 'files were'} removed.")
