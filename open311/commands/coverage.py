"""open311 routing coverage: what the rules leave open, and where they get in each other's way."""

from datetime import datetime

import click

from open311.commands.options import jurisdiction_option
from open311.commands.routing import on_option, routing_commands
from open311.queries.coverage import get_coverage
from open311.queries.jurisdictions import get_jurisdiction


@routing_commands.command()
@on_option
@jurisdiction_option
def coverage(day: datetime | None, jurisdiction_id: str | None) -> None:
    """List what no rule is for, rules that compete, and rules that name what is gone.

    What no rule is for goes to the default department, which may be as meant. Rules that name
    what is gone make the command fail.

    \b
    Example:
      open311 routing coverage
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    on = day.date() if day else jurisdiction.today()
    found = get_coverage(jurisdiction.jurisdiction_id, on)
    for gap in found.gaps:
        click.echo(f"No rule: {gap}")
    for winner, loser in found.competitors:
        click.echo(f"Compete: {winner.code} wins over {loser.code} by its code, for {loser}")
    for rule, place in found.gone:
        click.echo(f"Gone: rule {rule} names {place}")
    if found.gone:
        raise click.ClickException(f"{len(found.gone)} rules name what is gone.")
    if not found.gaps and not found.competitors:
        click.echo("Every service has a rule everywhere, and none compete.")
