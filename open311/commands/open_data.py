"""open311 open-data: the files of all public requests."""

import click
from flask.cli import AppGroup

from open311.jobs.open_data import publish_all

open_data_commands = AppGroup("open-data", help="Write the files of all public requests.")


@open_data_commands.command()
def write() -> None:
    """Write the files of all public requests of each city with a website now.

    The server does this at OPEN311_OPEN_DATA_AT. Use this command with cron when that setting is
    "never", or so that a request that was withdrawn or erased leaves the files before that time.

    \b
    Example:
      open311 open-data write
    """
    written = publish_all()
    if written is None:
        raise click.ClickException("Another process is writing the files now.")
    if not written:
        click.echo("No city has a website. Open one with open311 site open.")
    for jurisdiction_id, files in written.items():
        for one in files:
            size = f"{one.bytes:,} bytes, requests {one.rows:,}"
            click.echo(f"{jurisdiction_id}: {one.format}, {size}.")
