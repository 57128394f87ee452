"""open311 routing coverage: what the rules leave open, and where they get in each other's way."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from open311.commands.csv_files import write_csv
from open311.commands.options import jurisdiction_option
from open311.commands.routing import on_option, routing_commands
from open311.queries.coverage import Coverage, get_coverage
from open311.queries.jurisdictions import get_jurisdiction

COLUMNS = ("finding", "rule", "other_rule", "service_code", "layer", "boundary", "note")


@routing_commands.command()
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this CSV file, too.",
)
@on_option
@jurisdiction_option
def coverage(file: Path | None, day: datetime | None, jurisdiction_id: str | None) -> None:
    """List what no rule is for, and rules that compete, never decide, or name what is gone.

    What no rule is for goes to the default department, which may be as meant. Rules that name
    what is gone make the command fail.

    \b
    Example:
      open311 routing coverage --csv coverage.csv
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    on = day.date() if day else jurisdiction.today()
    found = get_coverage(jurisdiction.jurisdiction_id, on)
    for gap in found.gaps:
        click.echo(f"No rule: {gap}")
    for winner, loser in found.competitors:
        click.echo(f"Compete: {winner.code} wins over {loser.code} by its code, for {loser}")
    for idle in found.idle:
        click.echo(f"Idle: {idle}")
    for rule, place in found.gone:
        click.echo(f"Gone: rule {rule} names {place}")
    if file:
        write_csv(file, COLUMNS, _rows(found))
    if found.gone:
        raise click.ClickException(f"{len(found.gone)} rules name what is gone.")
    if not found.gaps and not found.competitors and not found.idle:
        click.echo("Every service has a rule everywhere, none compete, and each may decide.")


def _rows(found: Coverage) -> Iterator[tuple[object, ...]]:
    for gap in found.gaps:
        yield "no rule", "", "", gap.service_code, gap.layer, gap.boundary, ""
    for winner, loser in found.competitors:
        case = (loser.service_code, loser.layer, loser.boundary, str(loser))
        yield "compete", winner.code, loser.code, *case
    for idle in found.idle:
        codes = " ".join(rule.code for rule in idle.instead)
        yield "idle", idle.rule.code, codes, "", "", "", str(idle)
    for rule, place in found.gone:
        yield "gone", rule, "", "", "", "", place
