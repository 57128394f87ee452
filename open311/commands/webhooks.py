"""open311 webhooks: endpoints of other systems."""

from datetime import UTC, datetime
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.errors import InvalidParameters
from open311.messages.webhooks import BOUNDARY_FORM, REPLAY_FROM
from open311.operations.webhooks.endpoints import (
    Owner,
    add_endpoint,
    pause_endpoint,
    replay,
    resume_endpoint,
    retry_dead,
    rotate_secret,
)
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.webhooks.endpoints import EndpointInfo, Filters, find_lag, list_endpoints
from open311.web.webhooks import ping as send_ping
from schemas.vocabulary.webhooks import EVENTS, FAILURE_SENTENCES, REASON_SENTENCES

webhooks_commands = AppGroup("webhooks", help="Send changes of service requests to other systems.")

number_argument = click.argument("number", type=int)


@webhooks_commands.command()
@click.argument("url")
@click.option("--service", "services", multiple=True, metavar="CODE", help="Only this service.")
@click.option("--department", default="", metavar="CODE", help="Only this department.")
@click.option("--boundary", default="", metavar="LAYER:CODE", help="Only this boundary.")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(EVENTS),
    help="Only this event (default: all).",
)
@jurisdiction_option
def add(
    url: str,
    services: tuple[str, ...],
    department: str,
    boundary: str,
    events: tuple[str, ...],
    jurisdiction_id: str | None,
) -> None:
    """Add a webhook and print its secret once.

    URL is an HTTPS address. From now on it gets a message for each change. Options that can be
    repeated accept several values.

    \b
    Example:
      open311 webhooks add https://example.org/hook --service POTHOLE --event closed
    """
    layer, _colon, code = boundary.partition(":")
    if boundary and not (layer and code):
        raise InvalidParameters(BOUNDARY_FORM, field="boundary")
    number, secret = add_endpoint(
        get_jurisdiction(jurisdiction_id),
        url,
        Filters(services=services, department=department, boundary_layer=layer, boundary_code=code),
        events or EVENTS,
        Owner(name="open311 webhooks"),
        secret_key=current_app.config["OPEN311_SECRET_KEY"],
        private_hosts=current_app.config["OPEN311_WEBHOOK_PRIVATE"],
    )
    click.echo(f"Webhook {number} added.\nSecret: {secret}")


@webhooks_commands.command(name="list")
@jurisdiction_option
def list_(jurisdiction_id: str | None) -> None:
    """List webhooks, with their state and how far each is behind.

    \b
    Example:
      open311 webhooks list
    """
    now = datetime.now(UTC)
    for one in list_endpoints(_here(jurisdiction_id)):
        lag = find_lag(one)
        behind = f"{lag.changes:,} changes and {lag.minutes(now):,} min behind"
        click.echo(f"{one.id}: {one.url}, {_state(one)}, {behind}, {lag.dead:,} dead")


def _state(one: EndpointInfo) -> str:
    return "on" if one.reason is None else f"{one.state} ({REASON_SENTENCES[one.reason]})"


@webhooks_commands.command()
@number_argument
@jurisdiction_option
def ping(number: int, jurisdiction_id: str | None) -> None:
    """Send a test message to a webhook.

    \b
    Example:
      open311 webhooks ping 1
    """
    answer = send_ping(_here(jurisdiction_id), number)
    if answer.failure is not None:
        raise click.ClickException(FAILURE_SENTENCES[answer.failure])
    click.echo(f"Status {answer.status} after {answer.milliseconds:,} ms.")


@webhooks_commands.command()
@number_argument
@jurisdiction_option
def rotate(number: int, jurisdiction_id: str | None) -> None:
    """Replace the secret of a webhook and print the new one once.

    For 7 days, messages are signed with both.

    \b
    Example:
      open311 webhooks rotate 1
    """
    key = current_app.config["OPEN311_SECRET_KEY"]
    secret = rotate_secret(_here(jurisdiction_id), number, secret_key=key)
    click.echo(f"Secret: {secret}")


@webhooks_commands.command(name="replay")
@number_argument
@click.option("--after", type=int, metavar="N", help="The last change that is not sent again.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Or a time (UTC)."
)
@jurisdiction_option
def replay_(
    number: int, after: int | None, since: datetime | None, jurisdiction_id: str | None
) -> None:
    """Send all requests that changed after a number or a time once more.

    \b
    Example:
      open311 webhooks replay 1 --after 1042
    """
    if (after is None) == (since is None):
        raise InvalidParameters(REPLAY_FROM, field="after")
    moment: dict[str, Any] = {"since": since.replace(tzinfo=UTC)} if since else {}
    begin = replay(_here(jurisdiction_id), number, after=after, **moment)
    click.echo(f"Webhook {number} is sent all changes after {begin}.")


@webhooks_commands.command()
@number_argument
@jurisdiction_option
def retry(number: int, jurisdiction_id: str | None) -> None:
    """Send dead messages of a webhook again.

    \b
    Example:
      open311 webhooks retry 1
    """
    messages = retry_dead(_here(jurisdiction_id), number)
    click.echo(f"Messages that are sent again: {messages:,}.")


@webhooks_commands.command()
@number_argument
@jurisdiction_option
def pause(number: int, jurisdiction_id: str | None) -> None:
    """Send nothing to a webhook until it is resumed.

    \b
    Example:
      open311 webhooks pause 1
    """
    pause_endpoint(_here(jurisdiction_id), number)
    click.echo(f"Webhook {number} is paused.")


@webhooks_commands.command()
@number_argument
@jurisdiction_option
def resume(number: int, jurisdiction_id: str | None) -> None:
    """Resume a webhook, and send it everything that it missed.

    \b
    Example:
      open311 webhooks resume 1
    """
    resume_endpoint(_here(jurisdiction_id), number)
    click.echo(f"Webhook {number} is on.")


def _here(jurisdiction_id: str | None) -> str:
    return get_jurisdiction(jurisdiction_id).jurisdiction_id
