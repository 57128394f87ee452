"""open311 requests hold and resume: questions to the requester."""

import click

from open311.commands.options import by_option, jurisdiction_option
from open311.commands.requests import requests_commands
from open311.operations.wait_for_reporter import resume, wait_for_reporter
from open311.queries.jurisdictions import get_jurisdiction
from schemas.fields import printable


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
