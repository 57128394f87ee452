"""open311 requests wait and resume: what is due stands still while who reported is asked."""

import click

from open311.commands.options import by_option, jurisdiction_option
from open311.commands.requests import requests_commands
from open311.operations.wait_for_reporter import resume, wait_for_reporter
from open311.queries.jurisdictions import get_jurisdiction
from schemas.fields import printable


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
