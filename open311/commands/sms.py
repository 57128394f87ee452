"""open311 sms: try the gateway for text messages."""

import click
from flask import current_app
from flask.cli import AppGroup

from open311.errors import Conflict
from open311.messages.telling import SMS_OFF, SMS_REFUSED
from open311.sms.settings import SMS
from open311.web.phone_links import text_number

sms_commands = AppGroup("sms", help="Try the gateway for text messages.")


def _number(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """Return a phone number in the form of E.164, or end the command."""
    number = text_number(text)
    if number is None:
        raise click.BadParameter("Enter a phone number, such as +17405550100.")
    return number


@sms_commands.command()
@click.argument("to", callback=_number)
def test(to: str) -> None:
    """Send a test to the phone number TO.

    \b
    Example:
      open311 sms test +17405550100
    """
    gateway = current_app.config[SMS]
    if gateway is None:
        raise Conflict(SMS_OFF)
    if not gateway.send(to, "This is a test of the text messages of this Open311 server."):
        raise Conflict(SMS_REFUSED)
    click.echo(f"Text message sent to {to}.")
