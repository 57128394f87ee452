"""open311 routing measure: distances to neighboring boundaries for older requests."""

import click

from open311.commands.options import jurisdiction_option
from open311.commands.routing import routing_commands
from open311.operations.measure_borders import measure_borders
from open311.queries.jurisdictions import get_jurisdiction


@routing_commands.command()
@jurisdiction_option
def measure(jurisdiction_id: str | None) -> None:
    """Measure the distance to the nearest boundaries for older requests.

    Only for requests from before the server stored distances. Departments do not change. After
    an interruption, run the command again to continue.

    \b
    Example:
      open311 routing measure
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    measured, last, count = 0, 0, 1
    while count:
        last, count = measure_borders(jurisdiction, last)
        measured += count
    click.echo(f"{measured} requests measured.")
