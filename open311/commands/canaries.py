"""open311 routing check: whether known places still go where they must."""

from datetime import datetime

import click

from open311.commands.options import jurisdiction_option
from open311.commands.routing import on_option, routing_commands
from open311.queries.canaries import check_canaries
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import get_jurisdiction


@routing_commands.command()
@on_option
@jurisdiction_option
def check(day: datetime | None, jurisdiction_id: str | None) -> None:
    """Route every canary, and fail if one goes elsewhere than it must.

    \b
    Example:
      open311 routing check --on 2027-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    on = day.date() if day else jurisdiction.today()
    results = check_canaries(jurisdiction, Maps(on))
    for result in results:
        sentence = str(result)
        click.echo(f"{'ok' if result.agrees else 'WRONG'}: {sentence.removeprefix('canary ')}")
    wrong = sum(not result.agrees for result in results)
    if wrong:
        raise click.ClickException(f"{wrong} of {len(results)} canaries go elsewhere.")
    click.echo(f"{len(results)} canaries go where they must." if results else "There is no canary.")
