"""open311 insights: what figures are made from."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from open311.jobs.insights import rebuild_figures
from open311.jobs.reports import publish_due
from open311.queries.jurisdictions import list_jurisdictions

insights_commands = AppGroup("insights", help="Rebuild figures, and publish weekly reports.")


@insights_commands.command()
def rebuild() -> None:
    """Calculate all figures again from the history of each request.

    The server keeps figures current by itself, and checks some of them every night. After an
    upgrade from a version without figures, it calculates them within minutes. This command does it
    at once, and corrects all that differs.

    \b
    Example:
      open311 insights rebuild
    """
    for jurisdiction in list_jurisdictions():
        added, corrected = rebuild_figures(jurisdiction)
        name = jurisdiction.jurisdiction_id
        click.echo(f"{name}: requests added {added:,}, figures corrected {corrected:,}.")


@insights_commands.command()
def publish() -> None:
    """Publish the weekly reports that are due.

    The server does this on Monday at 6:00 in the time zone of each city, or when it runs again. Use
    this command with cron where OPEN311_JOBS is "none". A week has one report, which never changes.

    \b
    Example:
      open311 insights publish
    """
    click.echo(f"Reports published: {publish_due(datetime.now(UTC)):,}.")
