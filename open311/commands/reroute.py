"""open311 routing reroute, reroute-undo, and reroutes: rerouting of open requests."""

import click

from open311.commands.options import by_option, jurisdiction_option
from open311.commands.routing import routing_commands
from open311.operations.routing.reroute import carry_over, undo_carry_over
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.carry_overs import list_carry_overs


@routing_commands.command(name="reroute")
@by_option
@jurisdiction_option
def reroute(made_by: str, jurisdiction_id: str | None) -> None:
    """Reroute open requests with current rules and boundaries.

    Requests whose department was set manually stay. To see the effect of a draft first, use
    open311 boundaries preview. To undo, use open311 routing reroute-undo.

    \b
    Example:
      open311 routing reroute
    """
    done = carry_over(get_jurisdiction(jurisdiction_id), made_by)
    click.echo(f"Reroute {done.number}: {done.moved} requests changed department.")


@routing_commands.command(name="reroute-undo")
@click.argument("number", type=int)
@by_option
@jurisdiction_option
def reroute_undo(number: int, made_by: str, jurisdiction_id: str | None) -> None:
    """Undo the reroute with this NUMBER.

    Requests that staff have changed since are left as they are.

    \b
    Example:
      open311 routing reroute-undo 3
    """
    restored, left = undo_carry_over(get_jurisdiction(jurisdiction_id), number, made_by)
    rest = f", {left} not restored because staff have changed them since" if left else ""
    click.echo(f"Reroute {number}: {restored} requests restored{rest}.")


@routing_commands.command(name="reroutes")
@jurisdiction_option
def reroutes(jurisdiction_id: str | None) -> None:
    """List all reroutes, oldest first.

    \b
    Example:
      open311 routing reroutes
    """
    for row in list_carry_overs(get_jurisdiction(jurisdiction_id).jurisdiction_id):
        after = f" after version {row.boundary_set_id}" if row.boundary_set_id else ""
        undone = f", undone {row.undone_at:%F} by {row.undone_by}" if row.undone_at else ""
        click.echo(
            f"{row.id}: {row.moved} rerouted {row.made_at:%F} by {row.made_by}{after}{undone}"
        )
