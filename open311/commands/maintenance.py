"""open311 maintenance, sandbox and media: cleanup, at any time."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext

from open311.nightly import tidy
from open311.operations.maintenance import empty_sandbox, sweep_media
from open311.web.sent_media import media_store

sandbox_commands = AppGroup("sandbox", help="Empty what apps sent to the test endpoint.")


@sandbox_commands.command()
def empty() -> None:
    """Delete all service requests of the test endpoint, of all jurisdictions.

    \b
    Example:
      open311 sandbox empty
    """
    click.echo(f"Service requests deleted from the sandbox: {empty_sandbox():,}.")


@click.command("tidy")
@with_appcontext
def tidy_command() -> None:
    """Do what is due every night: empty the sandbox, delete what has expired.

    The server does it by itself at OPEN311_TIDY_AT; this is for cron, where that is "never".

    \b
    Example:
      open311 tidy
    """
    outcomes = tidy()
    if outcomes is None:
        click.echo("Another process is tidying up just now.")
        return
    for outcome in outcomes:
        click.echo(outcome.sentence, err=outcome.failed)
    if any(outcome.failed for outcome in outcomes):
        raise click.exceptions.Exit(1)


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
