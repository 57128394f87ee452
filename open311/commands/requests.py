"""open311 requests: work on service requests."""

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.status import change_status, resume, wait_for_reporter
from open311.operations.requests.withdraw import withdraw_service_request
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.receipts import list_pending_tokens
from open311.web.sent_media import media_store
from schemas.fields import printable
from schemas.vocabulary.statuses import CLOSED_STATUSES, DETAILED_STATUSES, OPEN_STATUSES

requests_commands = AppGroup(
    "requests", help="Approve, update, transfer, and withdraw service requests."
)


@requests_commands.command()
@click.argument("token", required=False)
@click.option("--all", "approve_all", is_flag=True, help="Approve all that need approval.")
@jurisdiction_option
def approve(token: str | None, approve_all: bool, jurisdiction_id: str | None) -> None:
    """Approve a submission and give it a request number.

    Without TOKEN, list the tokens of submissions that need approval.

    \b
    Example:
      open311 requests approve 5f0c1a9e77b24d3c8e6f2b1a90d4c3e8
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    waiting = list_pending_tokens(jurisdiction)
    if token is None and not approve_all:
        for pending in waiting:
            click.echo(f"{pending.token} {pending.service_code} {pending.requested_datetime:%F}")
        return
    for approved in [token] if token else [pending.token for pending in waiting]:
        click.echo(f"{approved} {accept_service_request(jurisdiction, approved)}")


@requests_commands.command()
@click.argument("service_request_id")
@click.argument("status_notes")
@by_option
@jurisdiction_option
def close(
    service_request_id: str, status_notes: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Close a request with a public note.

    \b
    Example:
      open311 requests close 26-0001234 "The pothole has been filled."
    """
    _change(jurisdiction_id, service_request_id, "closed", status_notes, made_by)


@requests_commands.command()
@click.argument("service_request_id")
@click.argument("status_notes")
@click.option(
    "--with-duplicates", is_flag=True, help="Also reopen the duplicates that closed with it."
)
@by_option
@jurisdiction_option
def reopen(
    service_request_id: str,
    status_notes: str,
    with_duplicates: bool,
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Reopen a request with a public note.

    The request gets a new due date. If it was closed longer ago than reopen_days of the
    jurisdiction, a new request continues it.

    \b
    Example:
      open311 requests reopen 26-0001234 "The filling did not hold."
    """
    _change(
        jurisdiction_id,
        service_request_id,
        "open",
        status_notes,
        made_by,
        with_duplicates=with_duplicates,
    )


_STATUS_HELP = f"""\
Set the detailed status of a request with a public note.

Open statuses: {", ".join(OPEN_STATUSES)}. Closed statuses: {", ".join(CLOSED_STATUSES)}.
Apps that know only open and closed see one of those two.

\b
Example:
  open311 requests status 26-0001234 in_progress "A crew is on its way."
"""


@requests_commands.command(help=_STATUS_HELP)
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
    _change(jurisdiction_id, service_request_id, status, status_notes, made_by)


@requests_commands.command()
@click.argument("service_request_id")
@click.option("--reason", metavar="TEXT", default="", help="Reason, for staff only.")
@by_option
@jurisdiction_option
def withdraw(
    service_request_id: str, reason: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Permanently erase a request and its personal data.

    You cannot undo this. The public sees only the number, service, and dates. The city also keeps
    the department, the location on the map, and the history without texts.

    \b
    Example:
      open311 requests withdraw 26-0001234
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    photos = withdraw_service_request(
        jurisdiction, service_request_id, made_by, printable(reason).strip()
    )
    media_store().remove_photos(photos)
    click.echo(f"{service_request_id} is withdrawn.")


def _change(
    jurisdiction_id: str | None,
    id_: str,
    status: str,
    status_notes: str,
    made_by: str,
    *,
    with_duplicates: bool = False,
) -> None:
    notes, jurisdiction = printable(status_notes).strip(), get_jurisdiction(jurisdiction_id)
    changed = change_status(
        jurisdiction, id_, status, notes, made_by=made_by, with_duplicates=with_duplicates
    )
    if changed != id_:
        days = jurisdiction.reopen_days
        click.echo(f"{id_} was closed more than {days} days ago. {changed} continues it.")
    click.echo(f"{changed} is {status}.")


@requests_commands.command(name="hold")
@click.argument("service_request_id")
@click.argument("status_notes")
@by_option
@jurisdiction_option
def hold(
    service_request_id: str, status_notes: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Ask the requester a question and pause the due date.

    STATUS_NOTES is the question. It is public.

    \b
    Example:
      open311 requests hold 26-0001234 "Which of the two street lights is out?"
    """
    notes = printable(status_notes)
    wait_for_reporter(get_jurisdiction(jurisdiction_id), service_request_id, notes, made_by)
    click.echo(f"{service_request_id} is waiting for the requester.")


@requests_commands.command(name="resume")
@click.argument("service_request_id")
@by_option
@jurisdiction_option
def resume_(service_request_id: str, made_by: str, jurisdiction_id: str | None) -> None:
    """Resume work on a request and extend its due date by the time on hold.

    \b
    Example:
      open311 requests resume 26-0001234
    """
    resume(get_jurisdiction(jurisdiction_id), service_request_id, made_by)
    click.echo(f"{service_request_id} resumed.")
