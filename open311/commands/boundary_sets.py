"""open311 boundaries list, preview, publish, withdraw and restore."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from open311.commands.boundaries import OVERRIDE, boundaries_commands
from open311.commands.options import DAY, by_option, jurisdiction_option
from open311.commands.routing_reports import write_csv
from open311.operations.maps.sets import publish_boundary_set, roll_back, withdraw_boundary_set
from open311.operations.routing.reroute import carry_over_due
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.preview import Preview, preview
from open311.queries.maps.sets import Maps, StoredSet, get_set, list_sets
from open311.queries.requests.conditions import still_open
from open311.queries.routing.reroute import COLUMNS, move_rows, pairs, requested_since
from open311.steps.values.boundary_sets import SINCE_EVER

override_option = click.option(
    "--override", "overrides", multiple=True, metavar="NAME", help=OVERRIDE
)


@boundaries_commands.command(name="list")
@jurisdiction_option
def list_(jurisdiction_id: str | None) -> None:
    """List the layers' sets: number, days in force, source, and by whom.

    \b
    Example:
      open311 boundaries list
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    for stored in list_sets(jurisdiction.jurisdiction_id):
        click.echo(_line(stored, jurisdiction.today()))


@boundaries_commands.command()
@click.argument("number", type=int)
@click.option("--from", "first", type=DAY, help="First day in force; today.")
@click.option("--until", "last", type=DAY, help="First day no longer in force, if known.")
@click.option("--carry-over", is_flag=True, help="Route open service requests again on that day.")
@override_option
@by_option
@jurisdiction_option
def publish(
    number: int,
    first: datetime | None,
    last: datetime | None,
    carry_over: bool,
    overrides: tuple[str, ...],
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Put the draft with this NUMBER in force, at once or from a day on.

    Nothing is changed where a canary would go elsewhere, or a rule would name what is gone,
    unless it is overridden by its name.

    \b
    Example:
      open311 boundaries publish 7 --from 2027-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    begin = first.date() if first else jurisdiction.today()
    until = last.date() if last else None
    if until and until <= begin:
        raise click.UsageError(f"--until must be after the first day in force, {begin}.")
    publish_boundary_set(
        jurisdiction,
        number,
        first=begin,
        until=until,
        made_by=made_by,
        carry_over=carry_over,
        overrides=overrides,
    )
    click.echo(_line(get_set(jurisdiction.jurisdiction_id, number), jurisdiction.today()))
    if carry_over:
        moved = carry_over_due(jurisdiction)
        waits = "" if begin <= jurisdiction.today() else f" The others follow on {begin}."
        click.echo(f"{moved} open service requests moved.{waits}")


@boundaries_commands.command()
@click.argument("number", type=int)
@override_option
@by_option
@jurisdiction_option
def withdraw(
    number: int, overrides: tuple[str, ...], made_by: str, jurisdiction_id: str | None
) -> None:
    """Take the set with this NUMBER out of force, or give up a draft.

    The set before it is in force again. Service requests keep the boundaries they lay in.

    \b
    Example:
      open311 boundaries withdraw 7
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    withdraw_boundary_set(jurisdiction, number, made_by=made_by, overrides=overrides)
    click.echo(_line(get_set(jurisdiction.jurisdiction_id, number), jurisdiction.today()))


@boundaries_commands.command(name="roll-back")
@click.argument("layer")
@override_option
@by_option
@jurisdiction_option
def roll_back_(
    layer: str, overrides: tuple[str, ...], made_by: str, jurisdiction_id: str | None
) -> None:
    """Withdraw the set of LAYER that is in force, and go back to the one before.

    \b
    Example:
      open311 boundaries roll-back ward
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    for stored in roll_back(jurisdiction, layer, made_by=made_by, overrides=overrides):
        again = get_set(jurisdiction.jurisdiction_id, stored.id)
        click.echo(_line(again, jurisdiction.today()))


def _line(stored: StoredSet, today: date) -> str:
    about = [
        f"from {stored.source}",
        f"of {stored.vintage}" if stored.vintage else "",
        f"under {stored.licence}" if stored.licence else "",
        f"by {stored.withdrawn_by or stored.published_by or stored.imported_by}",
    ]
    days = _days(stored, today)
    details = ", ".join(part for part in about if part)
    return f"{stored.layer}: set {stored.id}, {stored.boundaries} {days}, {details}"


def _days(stored: StoredSet, today: date) -> str:
    state = stored.state(today)
    if state in ("draft", "withdrawn"):
        return f"({state})"
    begin = "ever" if stored.in_force_from == SINCE_EVER else str(stored.in_force_from)
    end = f" until {stored.in_force_until}" if stored.in_force_until else ""
    return f"since {begin}{end}" if state != "future" else f"from {begin} on{end}"


@boundaries_commands.command(name="preview")
@click.argument("number", type=int)
@click.option("--on", "day", type=DAY, help="As if it came into force on this day; today.")
@click.option("--past-year", is_flag=True, help="All service requests of the past year instead.")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the service requests that would move into this file.",
)
@jurisdiction_option
def preview_(
    number: int,
    day: datetime | None,
    past_year: bool,
    file: Path | None,
    jurisdiction_id: str | None,
) -> None:
    """Say what the set with this NUMBER would change, and which open service requests would move.

    Nothing is stored. With --past-year it is a simulation: what each department would have had.

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
    of = "of the past year" if past_year else "still open"
    share = f" ({len(moved) / len(found.after):.1%})" if found.after else ""
    click.echo(f"{len(moved)} of {len(found.after)} service requests {of} would move{share}.")
    for (old, new), count in sorted(pairs(moved).items(), key=lambda entry: -entry[1]):
        click.echo(f"  {count} from {names[old]} to {names[new]}")
    pinned = sum(one.pinned for one in moved)
    if pinned:
        click.echo(f"  {pinned} stay, as a person has pinned them")
    if past_year:
        for id_, (before, after) in found.load.items():
            click.echo(f"  {names[id_]}: {before} by the present map, {after} by this one")
