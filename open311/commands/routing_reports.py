"""open311 routing coverage and transfers: gaps and errors in rules."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

import click

from open311.commands.options import DAY, jurisdiction_option
from open311.commands.routing import on_option, routing_commands
from open311.csv_cells import csv_text
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.coverage import Coverage, get_coverage
from open311.queries.routing.transfers import list_transfers


@routing_commands.command()
@click.option("--from", "first", type=DAY, help="First day submitted (default: a year ago).")
@click.option("--until", "last", type=DAY, help="Last day submitted (default: today).")
@jurisdiction_option
def transfers(first: datetime | None, last: datetime | None, jurisdiction_id: str | None) -> None:
    """List for each rule how many requests were transferred, and where to.

    \b
    Example:
      open311 routing transfers --from 2026-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    today = jurisdiction.today()
    until = last.date() if last else today
    since = first.date() if first else until - timedelta(days=365)
    if since > until:
        raise click.UsageError("--from must not be later than --until.")
    begin = datetime.combine(since, time(), jurisdiction.zone)
    end = datetime.combine(until + timedelta(days=1), time(), jurisdiction.zone)
    for one in list_transfers(jurisdiction.jurisdiction_id, begin, end):
        name = f"rule {one.rule}" if one.rule else "no rule"
        hint = f" ({one.suggestion})" if one.suggestion else ""
        click.echo(
            f"{name} to {one.department}: {one.handed_over} of {one.routed} transferred{hint}"
        )


def write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV with a header row; cells that look like formulas are made harmless.

    Raises ClickException if the file cannot be written.
    """
    try:
        file.write_text(csv_text(columns, rows), encoding="utf-8", newline="")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None


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
        click.echo(f"Same priority: {winner.code} comes first by code, then {loser.code}: {loser}")
    for idle in found.idle:
        click.echo(f"Idle: {idle}")
    for gone in found.gone:
        click.echo(f"Broken: rule {gone.rule} names {gone}, which no longer exists")
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
    for gone in found.gone:
        yield "gone", gone.rule, "", "", "", "", str(gone)
