"""open311 triage: what someone should look at, because its place or its way is in doubt."""

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.operations.triage import settle_triage
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.triage import list_triage
from schemas.triage import TRIAGE_REASONS

triage_commands = AppGroup("triage", help="Service requests that someone should look at.")

reason_option = click.option(
    "--reason", type=click.Choice(TRIAGE_REASONS), help="Only those that wait for this."
)


@triage_commands.command(name="list")
@reason_option
@click.option("--department", metavar="CODE", help="Only those of this department.")
@jurisdiction_option
def list_(reason: str | None, department: str | None, jurisdiction_id: str | None) -> None:
    """List what waits, the longest first, and why.

    \b
    Example:
      open311 triage list --reason near_border
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    for waiting in list_triage(jurisdiction.jurisdiction_id, reason=reason, department=department):
        known_as = waiting.service_request_id or f"token {waiting.token}"
        click.echo(
            f"{known_as} {waiting.reason} {waiting.service_code} at {waiting.department}: "
            f"{waiting.detail}"
        )


@triage_commands.command()
@click.argument("service_request_id")
@reason_option
@by_option
@jurisdiction_option
def settle(
    service_request_id: str, reason: str | None, made_by: str, jurisdiction_id: str | None
) -> None:
    """Take a service request off the queue, for all reasons or for one; its token will do as well.

    \b
    Example:
      open311 triage settle 26-0001234 --reason near_border
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    settled = settle_triage(jurisdiction, service_request_id, reason, made_by)
    click.echo(f"{service_request_id}: {settled} settled.")
