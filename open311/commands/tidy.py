"""open311 tidy and open311 sandbox: what is done every night, and may be done at any time."""

import click
from flask.cli import AppGroup, with_appcontext

from open311.nightly import tidy
from open311.operations.empty_sandbox import empty_sandbox

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
