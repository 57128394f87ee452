"""open311 retention: rules of a city's records schedule, what they do, and legal holds."""

from datetime import date, datetime

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.operations.people.retention import drop_retention_rule, set_retention_rule
from open311.operations.requests.legal_holds import lift_legal_hold, set_legal_hold
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.legal_holds import list_legal_holds
from open311.queries.requests.retention import RuleInfo, list_retention_rules, plan_retention
from open311.web.erasure_log import log_erasures
from open311.web.retention import apply_one
from schemas.fields import printable
from schemas.vocabulary.retention import MOST_MONTHS, RECORD_SERIES, RETENTION_ACTIONS

retention_commands = AppGroup(
    "retention", help="Erase old data as the city's records schedule says."
)

_SERIES = click.Choice(list(RECORD_SERIES))


@retention_commands.command()
@jurisdiction_option
def rules(jurisdiction_id: str | None) -> None:
    """List the rules of the city, each with its authority.

    \b
    Example:
      open311 retention rules
    """
    found = list_retention_rules(get_jurisdiction(jurisdiction_id).jurisdiction_id)
    if not found:
        click.echo("There are no rules: everything is kept.")
    for rule in found:
        click.echo(_in_words(rule))


def _in_words(rule: RuleInfo) -> str:
    months = "1 month" if rule.months == 1 else f"{rule.months:,} months"
    return f"{rule.series}: {rule.action} after {months} ({rule.authority})"


@retention_commands.command("set")
@click.argument("series", metavar="SERIES", type=_SERIES)
@click.option(
    "--months",
    type=click.IntRange(1, MOST_MONTHS),
    required=True,
    help="Months since the last change of status.",
)
@click.option(
    "--action",
    type=click.Choice(RETENTION_ACTIONS),
    required=True,
    help="What happens to the records then.",
)
@click.option(
    "--authority",
    metavar="TEXT",
    required=True,
    help="What allows the city to do this, such as its records schedule.",
)
@jurisdiction_option
def set_rule(
    series: str, months: int, action: str, authority: str, jurisdiction_id: str | None
) -> None:
    """Set the rule for a record series. To see what it does, run open311 retention plan.

    SERIES is reporter, update_reporter, free_text, staff_note, photo, receipt, or log.

    \b
    Example:
      open311 retention set reporter --months 24 --action anonymize --authority "RC-2 2027-14"
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    rule = RuleInfo(
        series=series, months=months, action=action, authority=printable(authority).strip()
    )
    set_retention_rule(here, rule)
    click.echo(_in_words(rule))


@retention_commands.command()
@click.argument("series", metavar="SERIES", type=_SERIES)
@jurisdiction_option
def drop(series: str, jurisdiction_id: str | None) -> None:
    """Delete the rule for a record series.

    SERIES is as in open311 retention set.

    \b
    Example:
      open311 retention drop photo
    """
    drop_retention_rule(get_jurisdiction(jurisdiction_id).jurisdiction_id, series)
    click.echo(f"The rule for {series} is deleted.")


@retention_commands.command()
@jurisdiction_option
def plan(jurisdiction_id: str | None) -> None:
    """Show what the rules have for today, without changing anything.

    \b
    Example:
      open311 retention plan
    """
    found = plan_retention(get_jurisdiction(jurisdiction_id).jurisdiction_id)
    if not found:
        click.echo("There are no rules: everything is kept.")
    for due in found:
        requests = "1 request" if due.number == 1 else f"{due.number:,} requests"
        click.echo(f"{_in_words(due.rule)}: {requests}")
        if due.names:
            more = " …" if due.number > len(due.names) else ""
            click.echo(f"  {', '.join(due.names)}{more}")


@retention_commands.command()
@click.option(
    "--limit", type=click.IntRange(1), help="Most requests for each rule; all by default."
)
@by_option
@jurisdiction_option
def run(limit: int | None, made_by: str, jurisdiction_id: str | None) -> None:
    """Do what the rules have for today. You cannot undo this.

    The nightly maintenance does the same.

    \b
    Example:
      open311 retention run --limit 1000
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    found = list_retention_rules(jurisdiction.jurisdiction_id)
    if not found:
        click.echo("There are no rules: everything is kept.")
    for rule in found:
        number = apply_one(jurisdiction, rule.series, limit, made_by)
        click.echo(f"{rule.series}: {number:,} changed")
    log_erasures()


@retention_commands.command()
@click.option("--all", "all_of_them", is_flag=True, help="Also those that have ended.")
@jurisdiction_option
def holds(all_of_them: bool, jurisdiction_id: str | None) -> None:
    """List legal holds, newest first.

    \b
    Example:
      open311 retention holds
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    found = list_legal_holds(here, all_of_them=all_of_them)
    if not found:
        click.echo("There are no legal holds.")
    for one in found:
        until = f" until {one.until}" if one.until else ""
        lifted = f"; lifted {one.lifted_at:%Y-%m-%d} by {one.lifted_by}" if one.lifted_at else ""
        click.echo(
            f"{one.id} {one.name}: since {one.set_at:%Y-%m-%d}{until}, by {one.set_by}{lifted} "
            f"({one.reason})"
        )


def _day(_context: object, _parameter: object, value: datetime | None) -> date | None:
    return None if value is None else value.date()


@retention_commands.command()
@click.argument("service_request_id")
@click.option("--reason", metavar="TEXT", required=True, help="Reason, for staff.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    help="Last day of the hold; by default, it stays until it is lifted.",
)
@by_option
@jurisdiction_option
def hold(
    service_request_id: str,
    reason: str,
    until: date | None,
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Keep a request as it is: nothing is erased from it while the hold is in effect.

    \b
    Example:
      open311 retention hold 26-0001234 --reason "Claim 27-15" --until 2027-12-31
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    set_legal_hold(jurisdiction, service_request_id, printable(reason).strip(), until, made_by)
    click.echo(f"{service_request_id} has a legal hold.")


@retention_commands.command()
@click.argument("hold_id", type=click.IntRange(1))
@by_option
@jurisdiction_option
def lift(hold_id: int, made_by: str, jurisdiction_id: str | None) -> None:
    """End a legal hold, by its number in open311 retention holds.

    \b
    Example:
      open311 retention lift 3
    """
    lift_legal_hold(get_jurisdiction(jurisdiction_id).jurisdiction_id, hold_id, made_by)
    click.echo(f"The legal hold {hold_id} is lifted.")
