"""open311 alerts: list alerts of the public, and forget those of an address."""

import click
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.operations.residents.alerts import forget_alerts_of
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.residents.alerts import list_alerts
from open311.web.alert_words import AlertWords
from open311.web.freshness import snapshots

alerts_commands = AppGroup("alerts", help="List email alerts of residents, and delete them.")


@alerts_commands.command("list")
@jurisdiction_option
def list_command(jurisdiction_id: str | None) -> None:
    """List alerts, oldest first. Of addresses, only the beginning and the domain are shown.

    \b
    Example:
      open311 alerts list
    """
    here = get_jurisdiction(jurisdiction_id)
    city = snapshots().current().cities[here.jurisdiction_id]
    found = list_alerts(here)
    for one in found:
        alert = one.alert
        words = AlertWords(city, "en", alert)
        what = ", ".join(filter(None, (words.about, words.where, words.services)))
        day = one.created_at.astimezone(here.zone).date()
        state = f"{alert.rhythm}, {alert.state}, since {day}"
        click.echo(f"{alert.id}: {_masked(one.address)}, {what}, {state}")
    if not found:
        click.echo("No alerts.")


def _masked(address: str) -> str:
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


@alerts_commands.command()
@click.argument("address")
@jurisdiction_option
def forget(address: str, jurisdiction_id: str | None) -> None:
    """Delete all alerts of ADDRESS.

    \b
    Example:
      open311 alerts forget kim@mail.example
    """
    number = forget_alerts_of(get_jurisdiction(jurisdiction_id), address)
    click.echo(f"Alerts deleted: {number:,}.")
