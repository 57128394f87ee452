"""open311 boundaries list, publish, withdraw and restore."""

from datetime import date, datetime
from typing import Any

import click

from open311.commands.boundaries import boundaries_commands
from open311.commands.boundary_options import (
    check_rule_options,
    override_option,
    publishing_options,
)
from open311.commands.boundary_reports import reroute_now, tell_replaced
from open311.commands.options import MAP_DAY, by_option, jurisdiction_option, told_if_slow
from open311.operations.maps.kinds import set_overlapping
from open311.operations.maps.layers import delete_layer
from open311.operations.maps.sets import publish_boundary_set, roll_back, withdraw_boundary_set
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.schedule import planned_days
from open311.queries.maps.sets import StoredSet, get_set, list_sets
from schemas.vocabulary.days import SINCE_EVER


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
@click.argument("layer")
@click.option(
    "--overlapping/--separate",
    required=True,
    help="Whether a location may be in several of its boundaries.",
)
@jurisdiction_option
def kind(layer: str, *, overlapping: bool, jurisdiction_id: str | None) -> None:
    """Set whether the boundaries of a LAYER overlap on purpose, as school zones do.

    Open requests are measured again: which are near a boundary, and which are in an overlap. Their
    departments do not change.

    \b
    Example:
      open311 boundaries kind school_zone --overlapping
    """
    if set_overlapping(get_jurisdiction(jurisdiction_id), layer, overlapping=overlapping):
        click.echo(f"{layer} changed. A job measures open requests again.")
    else:
        click.echo("Nothing was changed.")


@boundaries_commands.command()
@click.argument("number", type=int)
@click.option(
    "--from", "first", type=MAP_DAY, help="Effective date (default: that of the draft, or today)."
)
@click.option(
    "--until", "last", type=MAP_DAY, help="First day after it ends (default: that of the draft)."
)
@click.option("--no-end", is_flag=True, help="No end date, whatever the draft plans.")
@publishing_options
@by_option
@jurisdiction_option
def publish(
    number: int,
    first: datetime | None,
    last: datetime | None,
    no_end: bool,
    reroute: bool,
    jurisdiction_id: str | None,
    **options: Any,
) -> None:
    """Publish the draft or withdrawn version with this NUMBER, today or on an effective date.

    Nothing is changed if a routing test fails or a rule names a boundary that no longer exists,
    unless you approve each exception with --override. Boundaries that seem to be wrong, such as
    those of another city, need a reason with --despite.

    With --carry-rules, the rules of a boundary that gets a new code, is split, or is merged end on
    the effective date, and rules for the new codes begin. Withdrawing the version restores them.

    \b
    Example:
      open311 boundaries publish 7 --from 2027-01-01
    """
    check_rule_options(options["carry_rules"], options["keep_rules"])
    jurisdiction = get_jurisdiction(jurisdiction_id)
    stored = get_set(jurisdiction.jurisdiction_id, number)
    begin, until = _asked_days(stored, jurisdiction.today(), first, last, no_end=no_end)
    with told_if_slow("Publishing"):
        published = publish_boundary_set(
            jurisdiction,
            number,
            first=begin,
            until=until,
            carry_over=reroute,
            **options,
        )
    click.echo(_line(get_set(jurisdiction.jurisdiction_id, number), jurisdiction.today()))
    tell_replaced(published)
    if reroute:
        reroute_now(jurisdiction, published)


def _asked_days(
    stored: StoredSet,
    today: date,
    first: datetime | None,
    last: datetime | None,
    *,
    no_end: bool,
) -> tuple[date, date | None]:
    """Return the days that were asked for, or else those of the draft."""
    if no_end and last:
        raise click.UsageError("Use --until or --no-end, not both.")
    planned_from, planned_until = planned_days(stored)
    begin = first.date() if first else planned_from or today
    until = last.date() if last else None if no_end else planned_until
    if until and until <= begin:
        raise click.UsageError(f"--until must be later than the effective date, {begin}.")
    return begin, until


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


@boundaries_commands.command(name="delete-layer")
@click.argument("layer")
@jurisdiction_option
def delete_layer_(layer: str, jurisdiction_id: str | None) -> None:
    """Delete LAYER, with its drafts and withdrawn versions.

    Refused if a version is published, if a rule names the layer, or if requests were in its
    boundaries.

    \b
    Example:
      open311 boundaries delete-layer school
    """
    delete_layer(get_jurisdiction(jurisdiction_id).jurisdiction_id, layer)
    click.echo(f"Layer {layer} deleted.")


def _line(stored: StoredSet, today: date) -> str:
    about = [
        f"from {stored.source}",
        f"of {stored.vintage}" if stored.vintage else "",
        f"under {stored.license}" if stored.license else "",
        f"read on {stored.imported_at.date()} at {stored.source_url}" if stored.source_url else "",
        f'despite warnings because "{stored.despite}"' if stored.despite else "",
        f"by {stored.withdrawn_by or stored.published_by or stored.imported_by}",
    ]
    days = _days(stored, today)
    details = ", ".join(part for part in about if part)
    return f"{stored.layer}: version {stored.id}, {stored.boundaries} {days}, {details}"


def _days(stored: StoredSet, today: date) -> str:
    state = stored.state(today)
    if state == "draft" and stored.planned_from:
        until = f" until {stored.planned_until}" if stored.planned_until else ""
        return f"(draft, planned from {stored.planned_from}{until})"
    if state in ("draft", "withdrawn"):
        return f"({state})"
    begin = "the beginning" if stored.in_force_from == SINCE_EVER else str(stored.in_force_from)
    end = f" until {stored.in_force_until}" if stored.in_force_until else ""
    return f"since {begin}{end}" if state != "future" else f"from {begin} on{end}"
