"""open311 triage: requests that need review."""

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.operations.triage import settle_triage
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.triage import list_triage
from schemas.triage import TRIAGE_REASONS

triage_commands = AppGroup("triage", help="List and resolve requests that need review.")

reason_option = click.option(
    "--reason", type=click.Choice(TRIAGE_REASONS), help="Only requests with this reason."
)


@triage_commands.command(name="list")
@reason_option
@click.option("--department", metavar="CODE", help="Only requests of this department.")
@jurisdiction_option
def list_(reason: str | None, department: str | None, jurisdiction_id: str | None) -> None:
    """List requests that need review, oldest first, with the reasons.

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
def resolve(
    service_request_id: str, reason: str | None, made_by: str, jurisdiction_id: str | None
) -> None:
    """Remove a request from the review queue.

    SERVICE_REQUEST_ID is a request number or a token. With --reason, other reasons remain.

    \b
    Example:
      open311 triage resolve 26-0001234 --reason near_border
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    resolved = settle_triage(jurisdiction, service_request_id, reason, made_by)
    click.echo(f"{service_request_id}: {resolved} resolved.")
