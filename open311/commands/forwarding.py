"""open311 forwarding: other GeoReport servers, and what is forwarded to them."""

from pathlib import Path

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.database import end_reads
from open311.forwarding.check import check_endpoint
from open311.forwarding.following import follow_due
from open311.forwarding.reach import Unreachable, callable_address, encrypted
from open311.forwarding.sending import send_due
from open311.operations.forwarding.decisions import send_again
from open311.operations.forwarding.decisions import settle as settle_forwarding
from open311.operations.forwarding.endpoints import save_endpoint, set_key, store_checked, turn
from open311.queries.forwarding.endpoints import get_endpoint, list_endpoints
from open311.queries.forwarding.forwardings import list_forwardings
from open311.queries.jurisdictions import get_jurisdiction
from open311.steps.values.forwarding import EndpointValues

forwarding_commands = AppGroup(
    "forwarding", help="Forward requests to other Open311 servers, and follow them there."
)

_server = click.argument("server")


@forwarding_commands.command()
@jurisdiction_option
def servers(jurisdiction_id: str | None) -> None:
    """List the other servers, by name, with the departments that forward there.

    \b
    Example:
      open311 forwarding servers
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    for one in list_endpoints(here):
        endpoint = one.endpoint
        departments = ", ".join(one.departments) or "no department"
        click.echo(
            f"{endpoint.code}: {endpoint.name}, {endpoint.url}, {endpoint.state}, {departments}"
        )
        if endpoint.failure:
            click.echo(f"  {endpoint.failure}")


@forwarding_commands.command()
@_server
@click.option("--name", required=True, help="The name that residents read.")
@click.option("--url", required=True, help="Address of the endpoint, or of its discovery.")
@click.option("--their-jurisdiction", default="", help="jurisdiction_id there, if it needs one.")
@click.option(
    "--department", "departments", multiple=True, help="Code of a department that forwards there."
)
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Service code there for one of ours; requests for other services are not sent.",
)
@click.option("--photos", is_flag=True, help="Send links to photos.")
@click.option("--their-key", default="", help="Name of the API key by which it reports here.")
@click.option("--minutes", default=15, type=click.IntRange(1, 1440), help="Pause between polls.")
@jurisdiction_option
def add_server(
    server: str,
    name: str,
    url: str,
    their_jurisdiction: str,
    departments: tuple[str, ...],
    services: tuple[str, ...],
    photos: bool,
    their_key: str,
    minutes: int,
    jurisdiction_id: str | None,
) -> None:
    """Add another server, or replace its settings; SERVER is a short code.

    It is off until it has an API key and you turn it on. Its maps of answers and of statuses are on
    the page Administration, Other servers.

    \b
    Example:
      open311 forwarding add-server state --name "State DOT" --url https://311.example.org/v2
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    known = {one.endpoint.code: one.endpoint for one in list_endpoints(here)}.get(server)
    values = EndpointValues(
        code=server,
        name=name,
        url=callable_address(url),
        foreign_jurisdiction=their_jurisdiction,
        service_map=dict(map(_pair, services)),
        answer_map=known.answer_map if known else {},
        status_map=known.status_map if known else {},
        sends_photos=photos,
        poll_minutes=minutes,
        departments=departments,
        api_key=their_key,
    )
    save_endpoint(here, values)
    click.echo(f"Server {server} saved.")


def _pair(text: str) -> tuple[str, str]:
    ours, equals, theirs = (part.strip() for part in text.partition("="))
    if not equals or not ours or not theirs:
        raise click.BadParameter(
            f"{text!r} must look like POTHOLE=pothole.", param_hint="--service"
        )
    return ours, theirs


@forwarding_commands.command(name="set-key")
@_server
@click.option(
    "--file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that holds the key, and nothing else.",
)
@jurisdiction_option
def set_key_(server: str, file: Path, jurisdiction_id: str | None) -> None:
    """Store the API key of this city at another server, encrypted.

    \b
    Example:
      open311 forwarding set-key state --file state.key
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"The key cannot be read from {file}: {error}.") from None
    if not key:
        raise click.ClickException(f"{file} is empty.")
    set_key(here, server, encrypted(key))
    click.echo(f"API key at {server} saved.")


@forwarding_commands.command()
@_server
@jurisdiction_option
def check(server: str, jurisdiction_id: str | None) -> None:
    """Read the discovery and the services of another server, and list them.

    Nothing is sent to it. What it offers is stored: its format, and whether it lists updates.

    \b
    Example:
      open311 forwarding check state
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    endpoint = get_endpoint(here, server).endpoint
    end_reads()
    try:
        checked = check_endpoint(endpoint)
    except Unreachable as error:
        raise click.ClickException(f"Server {server}: {error}") from None
    store_checked(endpoint.id, checked)
    updates = "lists updates" if checked.has_updates else "lists no updates"
    click.echo(f"{checked.url} answers in {checked.format} and {updates}.")
    for code, name in checked.services:
        click.echo(f"  {code}: {name}")
    for ours, theirs in endpoint.service_map.items():
        if theirs not in dict(checked.services):
            click.echo(f"It has no service {theirs}, which is chosen for {ours}.")


@forwarding_commands.command(name="turn")
@_server
@click.argument("state", type=click.Choice(["on", "off"]))
@jurisdiction_option
def turn_(server: str, state: str, jurisdiction_id: str | None) -> None:
    """Turn forwarding to another server on or off.

    \b
    Example:
      open311 forwarding turn state on
    """
    turn(get_jurisdiction(jurisdiction_id).jurisdiction_id, server, on=state == "on")
    click.echo(f"Server {server} is {state}.")


@forwarding_commands.command(name="list")
@click.option("--stuck", is_flag=True, help="Only what waits for a decision.")
@jurisdiction_option
def list_(stuck: bool, jurisdiction_id: str | None) -> None:
    """List what is forwarded, the newest change first.

    \b
    Example:
      open311 forwarding list --stuck
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    for one in list_forwardings(here, only_stuck=stuck):
        number = f" as {one.foreign_id}" if one.foreign_id else ""
        sentence = f": {one.sentence}" if one.sentence else ""
        click.echo(f"{one.service_request_id} to {one.server}{number}: {one.state}{sentence}")


@forwarding_commands.command()
@click.argument("service_request_id")
@_server
@by_option
@jurisdiction_option
def retry(service_request_id: str, server: str, made_by: str, jurisdiction_id: str | None) -> None:
    """Send a stuck request again, at the next round.

    If it may be there already, it is looked for before.

    \b
    Example:
      open311 forwarding retry 26-0000201 state
    """
    send_again(get_jurisdiction(jurisdiction_id), service_request_id, server, made_by)
    click.echo(f"Request {service_request_id} will be sent to {server}.")


@forwarding_commands.command()
@click.argument("service_request_id")
@_server
@click.option("--number", help="The number that it has there.")
@click.option("--not-sent", is_flag=True, help="It is not there, and is not sent.")
@by_option
@jurisdiction_option
def settle(
    service_request_id: str,
    server: str,
    number: str | None,
    not_sent: bool,
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Settle a stuck request: it has a number there, or it is not sent.

    \b
    Example:
      open311 forwarding settle 26-0000201 state --number 4711
    """
    if (number is None) != not_sent:
        raise click.UsageError("Use one of --number and --not-sent.")
    settle_forwarding(
        get_jurisdiction(jurisdiction_id), service_request_id, server, made_by, number
    )
    click.echo(f"Request {service_request_id} is settled.")


@forwarding_commands.command()
def run() -> None:
    """Send what is due, and ask the servers whose answers are due, once.

    The server does so by itself.

    \b
    Example:
      open311 forwarding run
    """
    click.echo(f"Attempts: {send_due():,}. Servers asked: {follow_due():,}.")
