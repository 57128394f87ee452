"""open311 requests: work on service requests."""

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.media.store import files_of
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.status import change_status, resume, wait_for_reporter
from open311.operations.requests.withdraw import withdraw_service_request
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.receipts import list_pending_tokens
from open311.web.sent_media import media_store
from schemas.fields import printable
from schemas.requests.statuses import DETAILED_STATUSES

requests_commands = AppGroup(
    "requests", help="Accept, close, reopen and withdraw service requests."
)


@requests_commands.command()
@click.argument("token", required=False)
@click.option("--all", "accept_all", is_flag=True, help="Accept all that wait.")
@jurisdiction_option
def accept(token: str | None, accept_all: bool, jurisdiction_id: str | None) -> None:
    """Accept a report to a batch service: its TOKEN gets an id, and it is published.

    Without TOKEN, lists the tokens that wait.

    \b
    Example:
      open311 requests accept 5f0c1a9e77b24d3c8e6f2b1a90d4c3e8
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    waiting = list_pending_tokens(jurisdiction)
    if token is None and not accept_all:
        for pending in waiting:
            click.echo(f"{pending.token} {pending.service_code} {pending.requested_datetime:%F}")
        return
    for accepted in [token] if token else [pending.token for pending in waiting]:
        click.echo(f"{accepted} {accept_service_request(jurisdiction, accepted)}")


@requests_commands.command()
@click.argument("service_request_id")
@click.argument("status_notes")
@by_option
@jurisdiction_option
def close(
    service_request_id: str, status_notes: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Close a service request, with a note that everyone can read.

    \b
    Example:
      open311 requests close 26-0001234 "The pothole has been filled."
    """
    _change(jurisdiction_id, service_request_id, "closed", status_notes, made_by)


@requests_commands.command()
@click.argument("service_request_id")
@click.argument("status_notes")
@by_option
@jurisdiction_option
def reopen(
    service_request_id: str, status_notes: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Open a service request again, with a note that everyone can read.

    \b
    Example:
      open311 requests reopen 26-0001234 "The filling did not hold."
    """
    _change(jurisdiction_id, service_request_id, "open", status_notes, made_by)


@requests_commands.command()
@click.argument("service_request_id")
@click.argument(
    "status", type=click.Choice(DETAILED_STATUSES, case_sensitive=False), metavar="STATUS"
)
@click.argument("status_notes")
@by_option
@jurisdiction_option
def status(
    service_request_id: str,
    status: str,
    status_notes: str,
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Say more exactly how a service request stands, with a note that everyone can read.

    To clients that know only these two it is open if STATUS is open, for_triage, investigating,
    planned, action_scheduled or in_progress, and closed if it is closed, fixed,
    no_further_action, not_councils_responsibility, duplicate, internal_referral or cancelled.

    \b
    Example:
      open311 requests status 26-0001234 in_progress "A crew is on its way."
    """
    _change(jurisdiction_id, service_request_id, status, status_notes, made_by)


@requests_commands.command()
@click.argument("service_request_id")
@jurisdiction_option
def withdraw(service_request_id: str, jurisdiction_id: str | None) -> None:
    """Erase what a service request says, and who sent it, for good; it is shown no more.

    \b
    Example:
      open311 requests withdraw 26-0001234
    """
    photos = withdraw_service_request(get_jurisdiction(jurisdiction_id), service_request_id)
    media_store().remove(files_of(photos))
    click.echo(f"{service_request_id} is withdrawn.")


def _change(
    jurisdiction_id: str | None, id_: str, status: str, status_notes: str, made_by: str
) -> None:
    notes = printable(status_notes).strip()
    change_status(get_jurisdiction(jurisdiction_id), id_, status, notes, made_by=made_by)
    click.echo(f"{id_} is {status}.")


@requests_commands.command(name="wait")
@click.argument("service_request_id")
@click.argument("status_notes")
@by_option
@jurisdiction_option
def wait_(
    service_request_id: str, status_notes: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Ask who reported for something, in a note that everyone can read, and wait for it.

    Until it goes on it is not overdue, and its due date stands still.

    \b
    Example:
      open311 requests wait 26-0001234 "Which of the two lamps is it?"
    """
    notes = printable(status_notes)
    wait_for_reporter(get_jurisdiction(jurisdiction_id), service_request_id, notes, made_by)
    click.echo(f"{service_request_id} waits for who reported it.")


@requests_commands.command(name="resume")
@click.argument("service_request_id")
@by_option
@jurisdiction_option
def resume_(service_request_id: str, made_by: str, jurisdiction_id: str | None) -> None:
    """Go on with a service request that waited; it is due later by the time that it did.

    \b
    Example:
      open311 requests resume 26-0001234
    """
    resume(get_jurisdiction(jurisdiction_id), service_request_id, made_by)
    click.echo(f"{service_request_id} goes on.")
