"""open311 routing carry-over, undo and carry-overs: open service requests under a new map."""

import click

from open311.commands.options import by_option, jurisdiction_option
from open311.commands.routing import routing_commands
from open311.operations.routing.reroute import carry_over, undo_carry_over
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.carry_overs import list_carry_overs


@routing_commands.command(name="carry-over")
@by_option
@jurisdiction_option
def carry_over_(made_by: str, jurisdiction_id: str | None) -> None:
    """Route all open service requests again by today's maps and rules.

    Those that go elsewhere are handed over; those that a person has pinned stay. What it does can
    be looked at before with open311 boundaries preview, and undone.

    \b
    Example:
      open311 routing carry-over
    """
    done = carry_over(get_jurisdiction(jurisdiction_id), made_by)
    click.echo(f"Carry-over {done.number}: {done.moved} service requests moved.")


@routing_commands.command()
@click.argument("number", type=int)
@by_option
@jurisdiction_option
def undo(number: int, made_by: str, jurisdiction_id: str | None) -> None:
    """Put back all that the carry-over with this NUMBER has moved.

    Service requests that have gone another step since are left where they are.

    \b
    Example:
      open311 routing undo 3
    """
    restored, left = undo_carry_over(get_jurisdiction(jurisdiction_id), number, made_by)
    rest = f", {left} left, as they have gone on since" if left else ""
    click.echo(f"Carry-over {number}: {restored} service requests put back{rest}.")


@routing_commands.command(name="carry-overs")
@jurisdiction_option
def carry_overs_(jurisdiction_id: str | None) -> None:
    """List the carry-overs, oldest first.

    \b
    Example:
      open311 routing carry-overs
    """
    for row in list_carry_overs(get_jurisdiction(jurisdiction_id).jurisdiction_id):
        after = f" after set {row.boundary_set_id}" if row.boundary_set_id else ""
        undone = f", undone {row.undone_at:%F} by {row.undone_by}" if row.undone_at else ""
        click.echo(f"{row.id}: {row.moved} moved {row.made_at:%F} by {row.made_by}{after}{undone}")
