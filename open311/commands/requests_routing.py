"""open311 requests move, transfer, and similar commands, and open311 triage."""

import click
from flask.cli import AppGroup

from geo.coordinates import Point
from open311.commands.options import by_option, jurisdiction_option
from open311.commands.requests import requests_commands
from open311.commands.wording import STEP_NAMES
from open311.operations.requests.change import change_service, move_pin
from open311.operations.requests.triage import settle_triage
from open311.operations.routing.department import hand_over, pin, take_on, unpin
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.triage import list_triage
from open311.queries.routing.stored import Routed
from open311.web.accuracy import tolerance_of
from open311.web.parameters import parse
from schemas.requests.submission import PlaceSchema
from schemas.vocabulary.triage import TRIAGE_REASONS


# A latitude or longitude may be negative, which would look like an option.
@requests_commands.command(name="move", context_settings={"ignore_unknown_options": True})
@click.argument("service_request_id")
@click.argument("lat")
@click.argument("long")
@by_option
@jurisdiction_option
def move(
    service_request_id: str, lat: str, long: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Change the location of a request to LAT LONG, and route it again.

    LAT and LONG are decimal degrees (WGS 84). A locked request keeps its department.

    \b
    Example:
      open311 requests move 26-0001234 39.7137 -82.5993
    """
    place = parse(PlaceSchema(), {"lat": [lat], "long": [long]})
    jurisdiction = get_jurisdiction(jurisdiction_id)
    point = Point(lat=place["lat"], long=place["long"])
    tolerance = tolerance_of(None)
    _tell(move_pin(jurisdiction, service_request_id, point, made_by, tolerance=tolerance))


@requests_commands.command(name="change-service")
@click.argument("service_request_id")
@click.argument("service_code")
@by_option
@jurisdiction_option
def change_service_(
    service_request_id: str, service_code: str, made_by: str, jurisdiction_id: str | None
) -> None:
    """Change the service of a request, and route it again.

    A locked request keeps its department.

    \b
    Example:
      open311 requests change-service 26-0001234 SIDEWALK
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    _tell(change_service(jurisdiction, service_request_id, service_code, made_by))


@requests_commands.command(name="transfer")
@click.argument("service_request_id")
@click.argument("department")
@click.argument("reason")
@by_option
@jurisdiction_option
def transfer(
    service_request_id: str,
    department: str,
    reason: str,
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Transfer a request to another department and record the reason.

    DEPARTMENT is a department code. The request is locked there: routing does not change it.

    \b
    Example:
      open311 requests transfer 26-0001234 WATER "The hole is above a water main."
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    _tell(hand_over(jurisdiction, service_request_id, department, reason, made_by))


@requests_commands.command(name="acknowledge")
@click.argument("service_request_id")
@by_option
@jurisdiction_option
def acknowledge(service_request_id: str, made_by: str, jurisdiction_id: str | None) -> None:
    """Acknowledge a request for its department.

    \b
    Example:
      open311 requests acknowledge 26-0001234
    """
    _tell(take_on(get_jurisdiction(jurisdiction_id), service_request_id, made_by))


@requests_commands.command(name="lock")
@click.argument("service_request_id")
@click.option(
    "--department", metavar="CODE", help="Department to lock it to (default: the current one)."
)
@by_option
@jurisdiction_option
def lock(
    service_request_id: str, department: str | None, made_by: str, jurisdiction_id: str | None
) -> None:
    """Keep the current department; routing no longer changes it.

    \b
    Example:
      open311 requests lock 26-0001234 --department WATER
    """
    _tell(pin(get_jurisdiction(jurisdiction_id), service_request_id, department, made_by))


@requests_commands.command(name="unlock")
@click.argument("service_request_id")
@by_option
@jurisdiction_option
def unlock(service_request_id: str, made_by: str, jurisdiction_id: str | None) -> None:
    """Return a request to automatic routing, and route it now.

    \b
    Example:
      open311 requests unlock 26-0001234
    """
    _tell(unpin(get_jurisdiction(jurisdiction_id), service_request_id, made_by))


def _tell(routed: Routed) -> None:
    """Print the last step and its effect on the request."""
    step = routed.steps[-1]
    way = step.from_department
    if step.to_department != step.from_department:
        way = f"{step.from_department} -> {step.to_department}"
    reason = f": {step.reason}" if step.reason else ""
    click.echo(f"{routed.service_request_id} {STEP_NAMES[step.kind]}, {way}{reason}")
    for flag, words in (
        (routed.pinned, "Locked: routing does not change its department."),
        (routed.near_border, "Near a boundary: see open311 triage list."),
    ):
        if flag:
            click.echo(words)


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
