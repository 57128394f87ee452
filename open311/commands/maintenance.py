"""open311 maintenance, sandbox and media: cleanup, at any time."""

import click
from flask.cli import AppGroup, with_appcontext

from open311.jobs.maintenance import clear_sandbox, run_maintenance, sweep_photos

sandbox_commands = AppGroup("sandbox", help="Empty the test endpoint.")


@sandbox_commands.command()
def empty() -> None:
    """Delete all requests of the test endpoint, in every jurisdiction.

    \b
    Example:
      open311 sandbox empty
    """
    click.echo(f"Service requests deleted from the sandbox: {clear_sandbox():,}.")


@click.command("maintenance")
@with_appcontext
def maintenance_command() -> None:
    """Run the nightly cleanup now.

    Empties the sandbox, deletes expired receipts, expired sessions, and unused files, anonymizes
    old requests where the city has set a period, applies the city's retention rules, and checks the
    totals for maps and the figures.
    The server does this at OPEN311_MAINTENANCE_AT. Use this command with cron when that setting is
    "never".

    \b
    Example:
      open311 maintenance
    """
    outcomes = run_maintenance()
    if outcomes is None:
        click.echo("Another process is running the maintenance.")
        return
    for outcome in outcomes:
        click.echo(outcome.sentence, err=outcome.failed)
    if any(outcome.failed for outcome in outcomes):
        raise click.exceptions.Exit(1)


media_commands = AppGroup("media", help="Clean up photo files.")


@media_commands.command()
def sweep() -> None:
    """Delete photo files that no request uses and that are older than OPEN311_MEDIA_GRACE_DAYS.

    \b
    Example:
      open311 media sweep
    """
    removed = sweep_photos()
    click.echo(f"{removed} {'file' if removed == 1 else 'files'} deleted.")
