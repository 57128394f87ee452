"""open311 boundaries list, publish, withdraw, and restore: versions of boundary layers."""

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
    """List the versions of all layers: number, dates, source, and user.

    \b
    Example:
      open311 boundaries list
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    for stored in list_sets(jurisdiction.jurisdiction_id):
        click.echo(_line(stored, jurisdiction.today()))


@boundaries_commands.command()
@click.argument("number", type=int)
@click.option("--from", "first", type=DAY, help="Effective date (default: today).")
@click.option("--until", "last", type=DAY, help="First day after it ends (optional).")
@click.option("--reroute", is_flag=True, help="Reroute open requests on the effective date.")
@override_option
@by_option
@jurisdiction_option
def publish(
    number: int,
    first: datetime | None,
    last: datetime | None,
    reroute: bool,
    overrides: tuple[str, ...],
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Publish the draft with this NUMBER, today or on an effective date.

    Nothing is changed if a routing test fails or a rule names a boundary that no longer exists,
    unless you approve each exception with --override.

    \b
    Example:
      open311 boundaries publish 7 --from 2027-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    begin = first.date() if first else jurisdiction.today()
    until = last.date() if last else None
    if until and until <= begin:
        raise click.UsageError(f"--until must be later than the effective date, {begin}.")
    publish_boundary_set(
        jurisdiction,
        number,
        first=begin,
        until=until,
        made_by=made_by,
        carry_over=reroute,
        overrides=overrides,
    )
    click.echo(_line(get_set(jurisdiction.jurisdiction_id, number), jurisdiction.today()))
    if reroute:
        moved = carry_over_due(jurisdiction)
        waits = "" if begin <= jurisdiction.today() else f" The others are rerouted on {begin}."
        click.echo(f"{moved} open requests rerouted.{waits}")


@boundaries_commands.command()
@click.argument("number", type=int)
@override_option
@by_option
@jurisdiction_option
def withdraw(
    number: int, overrides: tuple[str, ...], made_by: str, jurisdiction_id: str | None
) -> None:
    """Withdraw the version with this NUMBER, or discard a draft.

    The previous version takes effect again. Existing requests keep their boundaries.

    \b
    Example:
      open311 boundaries withdraw 7
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    withdraw_boundary_set(jurisdiction, number, made_by=made_by, overrides=overrides)
    click.echo(_line(get_set(jurisdiction.jurisdiction_id, number), jurisdiction.today()))


@boundaries_commands.command(name="restore")
@click.argument("layer")
@override_option
@by_option
@jurisdiction_option
def restore(
    layer: str, overrides: tuple[str, ...], made_by: str, jurisdiction_id: str | None
) -> None:
    """Restore the previous version of a layer.

    The current version of LAYER is withdrawn.

    \b
    Example:
      open311 boundaries restore ward
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
    return f"{stored.layer}: version {stored.id}, {stored.boundaries} {days}, {details}"


def _days(stored: StoredSet, today: date) -> str:
    state = stored.state(today)
    if state in ("draft", "withdrawn"):
        return f"({state})"
    begin = "the beginning" if stored.in_force_from == SINCE_EVER else str(stored.in_force_from)
    end = f" until {stored.in_force_until}" if stored.in_force_until else ""
    return f"since {begin}{end}" if state != "future" else f"from {begin} on{end}"
