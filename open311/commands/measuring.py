"""open311 routing measure: distances to borders for what was stored before they were kept."""

import click

from open311.commands.options import jurisdiction_option
from open311.commands.routing import routing_commands
from open311.operations.measure_borders import measure_borders
from open311.queries.jurisdictions import get_jurisdiction


@routing_commands.command()
@jurisdiction_option
def measure(jurisdiction_id: str | None) -> None:
    """Measure how far the next boundaries are, for service requests that do not know it yet.

    Those are from before the server kept it. Departments stay as they are. Stopped, it goes on
    where it was.

    \b
    Example:
      open311 routing measure
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    measured, last, count = 0, 0, 1
    while count:
        last, count = measure_borders(jurisdiction, last)
        measured += count
    click.echo(f"{measured} service requests looked at.")
