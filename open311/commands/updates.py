"""open311 updates: approval of updates from other systems."""

import click
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.operations.requests.updates import accept_update
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.updates import list_pending_updates

updates_commands = AppGroup("updates", help="Approve updates from other systems.")


@updates_commands.command()
@click.argument("token", required=False)
@click.option("--all", "approve_all", is_flag=True, help="Approve all that need approval.")
@jurisdiction_option
def approve(token: str | None, approve_all: bool, jurisdiction_id: str | None) -> None:
    """Approve an update: apply it to its request and publish it.

    Without TOKEN, list the updates that need approval: token, request number, day, status, and
    text.

    \b
    Example:
      open311 updates approve 5f0c1a9e77b24d3c8e6f2b1a90d4c3e8
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    waiting = list_pending_updates(jurisdiction)
    if token is None and not approve_all:
        for pending in waiting:
            status = pending.status or "unchanged"
            says = " ".join(pending.description.split())
            click.echo(
                f"{pending.token} {pending.service_request_id} {pending.received_at:%F} "
                f"{status} {says}".rstrip()
            )
        return
    for approved in [token] if token else [pending.token for pending in waiting]:
        click.echo(f"{approved} {accept_update(jurisdiction, approved)}")
