"""open311 boundaries preview: effect of a version before it is published."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from open311.commands.boundaries import boundaries_commands
from open311.commands.csv_files import write_csv
from open311.commands.options import DAY, jurisdiction_option
from open311.queries.boundary_sets import get_set
from open311.queries.departments import list_department_names
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.moves import COLUMNS, move_rows
from open311.queries.preview import Preview, preview
from open311.queries.rerouting import pairs, requested_since, still_open


@boundaries_commands.command(name="preview")
@click.argument("number", type=int)
@click.option("--on", "day", type=DAY, help="Effective date to assume (default: today).")
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
    on = day.date() if day else now.astimezone(jurisdiction.zone).date()
    stored = get_set(jurisdiction.jurisdiction_id, number)
    scope = requested_since(now - timedelta(days=365)) if past_year else still_open()
    found = preview(jurisdiction, stored, Maps(on), scope)
    names = list_department_names(jurisdiction.jurisdiction_id)
    _tell(found, names, stored.layer, past_year=past_year)
    if file is not None:
        write_csv(file, COLUMNS, move_rows(found.moved, names))
        click.echo(f"{len(found.moved)} rows written to {file}.")


def _tell(found: Preview, names: dict[int, str], layer: str, *, past_year: bool) -> None:
    for sentence in found.changes or ["no boundary changes"]:
        click.echo(f"{layer} {sentence}")
    moved = found.moved
    of = "requests of the past year" if past_year else "open requests"
    share = f" ({len(moved) / len(found.after):.1%})" if found.after else ""
    click.echo(f"{len(moved)} of {len(found.after)} {of} would change department{share}.")
    for (old, new), count in sorted(pairs(moved).items(), key=lambda entry: -entry[1]):
        click.echo(f"  {count} from {names[old]} to {names[new]}")
    pinned = sum(one.pinned for one in moved)
    if pinned:
        click.echo(f"  {pinned} stay, because their department was set manually")
    if past_year:
        for id_, (before, after) in found.load.items():
            click.echo(
                f"  {names[id_]}: {before} with the current version, {after} with this version"
            )
