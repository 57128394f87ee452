"""open311 media: photo files."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from open311.operations.sweep_media import sweep_media
from open311.sent_media import media_store

media_commands = AppGroup("media", help="Clean up photo files.")


@media_commands.command()
def sweep() -> None:
    """Delete photo files older than an hour that no request uses.

    \b
    Example:
      open311 media sweep
    """
    removed = sweep_media(media_store(), datetime.now(UTC))
    click.echo(f"{removed} {'file' if removed == 1 else 'files'} deleted.")
