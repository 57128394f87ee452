"""open311 routing test: places with a known department."""

from datetime import datetime

import click

from open311.commands.options import jurisdiction_option
from open311.commands.routing import on_option, routing_commands
from open311.queries.canaries import check_canaries
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import get_jurisdiction


@routing_commands.command(name="test")
@on_option
@jurisdiction_option
def run_tests(day: datetime | None, jurisdiction_id: str | None) -> None:
    """Run all routing tests; exit 1 if one fails.

    \b
    Example:
      open311 routing test --on 2027-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    on = day.date() if day else jurisdiction.today()
    results = check_canaries(jurisdiction, Maps(on))
    for result in results:
        sentence = str(result)
        click.echo(
            f"{'ok' if result.agrees else 'FAILED'}: {sentence.removeprefix('routing test ')}"
        )
    wrong = sum(not result.agrees for result in results)
    if wrong:
        raise click.ClickException(f"{wrong} of {len(results)} routing tests failed.")
    click.echo(f"All {len(results)} routing tests passed." if results else "No routing tests.")
