"""open311 insights: what figures are made from."""

import click
from flask.cli import AppGroup

from open311.jobs.insights import rebuild_figures
from open311.queries.jurisdictions import list_jurisdictions

insights_commands = AppGroup("insights", help="Rebuild the figures of Insights.")


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
