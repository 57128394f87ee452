"""Command-line interface of open311."""

import getpass
import os
from typing import Any

import click
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError, OperationalError

from geo.errors import InvalidFile
from open311.actor import Actor, act_as
from open311.app import create_app
from open311.commands import (
    boundary_import,
    boundary_lint,
    boundary_preview,
    boundary_sets,
    requests_routing,
    reroute,
    routing_reports,
)
from open311.commands.addresses import addresses_commands
from open311.commands.alerts import alerts_commands
from open311.commands.backups import backup_commands
from open311.commands.boundaries import boundaries_commands
from open311.commands.db import db_commands
from open311.commands.doctor import doctor
from open311.commands.forwarding import forwarding_commands
from open311.commands.imports import import_requests
from open311.commands.insights import insights_commands
from open311.commands.jobs import jobs_commands
from open311.commands.keys import keys_commands
from open311.commands.mail import mail_commands
from open311.commands.maintenance import maintenance_command, media_commands, sandbox_commands
from open311.commands.people import people_commands
from open311.commands.requests import requests_commands
from open311.commands.requests_routing import triage_commands
from open311.commands.restores import restore_commands
from open311.commands.routing import routing_commands
from open311.commands.seed import seed
from open311.commands.server import nginx_commands, prometheus_commands, serve, systemd_commands
from open311.commands.site import site_commands
from open311.commands.sms import sms_commands
from open311.commands.updates import updates_commands
from open311.commands.users import users_commands
from open311.commands.webhooks import webhooks_commands
from open311.errors import Open311Error, SettingError
from open311.lost_connections import READ_ONLY
from open311.messages.access import CHANGE_TOO_SLOW, UNAVAILABLE
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.operations.transaction import QUERY_CANCELED

EXTENDED_BY = (
    boundary_import,
    boundary_lint,
    boundary_preview,
    boundary_sets,
    requests_routing,
    reroute,
    routing_reports,
)
"""Modules that add commands to groups defined elsewhere."""


class _Program(click.Group):
    """Command group that prints expected errors as sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Open311Error as error:
            raise click.ClickException("\n".join(map(command_sentence, error.problems))) from None
        except InvalidFile as error:
            raise click.ClickException(command_sentence(Problem.of(error))) from None
        except SettingError as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            sentence = _about_database(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from None


_SENTENCES = {
    READ_ONLY: "The database is a standby, and can only be read. Set DATABASE_URL to the primary.",
    "42P01": "The database has no tables yet. Run open311 db upgrade first.",
}
"""Sentences about failures that are not of the program, by the state of PostgreSQL."""


def _about_database(error: DBAPIError) -> str | None:
    """Return a sentence about a failure of the database; None for one that is a bug."""
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, OperationalError):
        message = CHANGE_TOO_SLOW if state == QUERY_CANCELED else UNAVAILABLE
        return command_sentence(Problem(message))
    return _SENTENCES.get(str(state))


def _who() -> str:
    """Return the name of the user of the operating system, or the number if it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="open311", message="open311 %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Set up and run an Open311 server.

    Settings come from environment variables. See the README.

    \b
    Example:
      DATABASE_URL=postgresql://311@localhost/311 open311 db upgrade
    """
    act_as(Actor("command", _who()))
    context.call_on_close(lambda: act_as(None))
    if context.obj is None:  # a test sets its own
        context.obj = ScriptInfo(create_app=lambda: create_app())


main.add_command(serve)
main.add_command(doctor)
main.add_command(systemd_commands)
main.add_command(nginx_commands)
main.add_command(prometheus_commands)
main.add_command(db_commands)
main.add_command(backup_commands)
main.add_command(restore_commands)
main.add_command(seed)
main.add_command(site_commands)
main.add_command(sms_commands)
main.add_command(keys_commands)
main.add_command(users_commands)
main.add_command(people_commands)
main.add_command(mail_commands)
main.add_command(alerts_commands)
main.add_command(boundaries_commands)
main.add_command(addresses_commands)
main.add_command(routing_commands)
main.add_command(requests_commands)
main.add_command(triage_commands)
main.add_command(updates_commands)
main.add_command(forwarding_commands)
main.add_command(webhooks_commands)
main.add_command(sandbox_commands)
main.add_command(insights_commands)
main.add_command(jobs_commands)
main.add_command(maintenance_command)
main.add_command(media_commands)
main.add_command(import_requests)
