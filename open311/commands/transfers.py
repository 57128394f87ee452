"""open311 routing transfers: transfers after routing, by rule."""

from datetime import datetime, time, timedelta

import click

from open311.commands.options import DAY, jurisdiction_option
from open311.commands.routing import routing_commands
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.transfers import list_transfers


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
