"""open311 boundaries preview: what a version would change."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from open311.commands.boundaries import boundaries_commands
from open311.commands.boundary_reports import tell_rules
from open311.commands.options import MAP_DAY, jurisdiction_option, told_if_slow
from open311.commands.routing_reports import write_csv
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.preview import Preview, preview
from open311.queries.maps.schedule import likely_first_day
from open311.queries.maps.sets import Maps, get_set
from open311.queries.requests.conditions import still_open
from open311.queries.routing.reroute import COLUMNS, move_rows, pairs, requested_since


@boundaries_commands.command(name="preview")
@click.argument("number", type=int)
@click.option(
    "--on",
    "day",
    type=MAP_DAY,
    help="Effective date to assume (default: that of the draft, or today).",
)
@click.option(
    "--past-year", is_flag=True, help="Use all requests of the past year instead of open ones."
)
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the requests that would change department to this CSV file.",
)
@jurisdiction_option
def preview_(
    number: int,
    day: datetime | None,
    past_year: bool,
    file: Path | None,
    jurisdiction_id: str | None,
) -> None:
    """Show what the version with this NUMBER would change.

    Lists boundary changes and the open requests that would change department. With --past-year,
    compares the past year's requests of each department. Nothing is stored.

    \b
    Example:
      open311 boundaries preview 7 --csv moves.csv
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    now = datetime.now(UTC)
    stored = get_set(jurisdiction.jurisdiction_id, number)
    on = day.date() if day else likely_first_day(stored, jurisdiction.today())
    scope = requested_since(now - timedelta(days=365)) if past_year else still_open()
    with told_if_slow("Comparing boundaries and routing requests"):
        found = preview(jurisdiction, stored, Maps(on), scope)
    names = list_department_names(jurisdiction.jurisdiction_id)
    _tell(found, names, stored.layer, jurisdiction.units, past_year=past_year)
    if file is not None:
        write_csv(file, COLUMNS, move_rows(found.moved, names))
        click.echo(f"{len(found.moved)} rows written to {file}.")


def _tell(
    found: Preview, names: dict[int, str], layer: str, units: str, *, past_year: bool
) -> None:
    for one in found.plan.successions:
        click.echo(f"{layer} {command_sentence(Problem.of(one.notice))}")
    tell_rules(found.plan, names, "With --carry-rules, which the numbers below assume:")
    changes = [command_sentence(Problem.of(one), units) for one in found.changes]
    for sentence in changes or ["no boundary changes"]:
        click.echo(f"{layer} {sentence}")
    moved = found.moved
    of = "requests of the past year" if past_year else "open requests"
    total = found.after.total
    share = f" ({len(moved) / total:.1%})" if total else ""
    click.echo(f"{len(moved)} of {total} {of} would change department{share}.")
    for (old, new), count in sorted(pairs(moved).items(), key=lambda entry: -entry[1]):
        click.echo(f"  {count} from {names[old]} to {names[new]}")
    pinned = sum(one.pinned for one in moved)
    if pinned:
        click.echo(f"  {pinned} stay, because their department was set manually")
    if past_year:
        for id_, (before, after) in found.load.items():
            click.echo(f"  {names[id_]}: {before} with the current version, {after} with this")
