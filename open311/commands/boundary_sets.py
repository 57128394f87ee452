"""open311 boundaries list, publish, withdraw and roll-back: which map is in force, and when."""

from datetime import date, datetime

import click

from open311.commands.boundaries import OVERRIDE, boundaries_commands
from open311.commands.options import DAY, by_option, jurisdiction_option
from open311.operations.carry_over import carry_over_due
from open311.operations.import_boundaries import (
    SINCE_EVER,
    publish_boundary_set,
    roll_back,
    withdraw_boundary_set,
)
from open311.queries.boundary_sets import StoredSet, get_set, list_sets
from open311.queries.jurisdictions import get_jurisdiction

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
