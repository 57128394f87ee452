"""open311 updates: what staff do with updates that other systems sent."""

import click
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.operations.requests.updates import accept_update
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.updates import list_pending_updates

updates_commands = AppGroup("updates", help="Accept updates from other systems.")


@updates_commands.command()
@click.argument("token", required=False)
@click.option("--all", "accept_all", is_flag=True, help="Accept all that wait.")
@jurisdiction_option
def accept(token: str | None, accept_all: bool, jurisdiction_id: str | None) -> None:
    """Accept an update of a request to a batch service: it is applied, and published.

    Without TOKEN, lists the updates that wait, each with its token, its service request, the
    status it sets and what it says.

    \b
    Example:
      open311 updates accept 5f0c1a9e77b24d3c8e6f2b1a90d4c3e8
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    waiting = list_pending_updates(jurisdiction)
    if token is None and not accept_all:
        for pending in waiting:
            status = pending.status or "unchanged"
            says = " ".join(pending.description.split())
            click.echo(
                f"{pending.token} {pending.service_request_id} {pending.received_at:%F} "
                f"{status} {says}".rstrip()
            )
        return
    for accepted in [token] if token else [pending.token for pending in waiting]:
        click.echo(f"{accepted} {accept_update(jurisdiction, accepted)}")
