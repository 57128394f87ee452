"""open311 routing coverage: gaps and conflicts between routing rules."""

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
    help="Also write the list to this CSV file.",
)
@on_option
@jurisdiction_option
def coverage(file: Path | None, day: datetime | None, jurisdiction_id: str | None) -> None:
    """List gaps and conflicts in the routing rules; exit 1 for broken rules.

    Gaps go to the default department. Conflicts are rules with the same priority and rules that
    never apply. A rule is broken if it names a boundary or an answer that no longer exists.

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
        click.echo(
            f"Same priority: {winner.code} comes before {loser.code} in code order, for {loser}"
        )
    for idle in found.idle:
        click.echo(f"Never applies: {idle}")
    for rule, place in found.gone:
        click.echo(f"Broken: rule {rule} names {place}, which no longer exists")
    if file:
        write_csv(file, COLUMNS, _rows(found))
    if found.gone:
        raise click.ClickException(f"{len(found.gone)} rules name something that no longer exists.")
    if not found.gaps and not found.competitors and not found.idle:
        click.echo("No gaps and no conflicts.")


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
