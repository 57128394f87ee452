"""Command-line interface of open311."""

import getpass
import os
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError, OperationalError

from geo.errors import InvalidFile
from open311.actor import Actor, act_as
from open311.errors import Objected, Open311Error, SettingError
from open311.lazy_commands import LazyCommands, imported
from open311.lost_connections import READ_ONLY
from open311.messages.access import CHANGE_TOO_SLOW, UNAVAILABLE
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.operations.transaction import QUERY_CANCELED

COMMANDS = {
    "serve": "server:serve",
    "doctor": "doctor:doctor",
    "systemd": "server:systemd_commands",
    "nginx": "server:nginx_commands",
    "prometheus": "server:prometheus_commands",
    "db": "db:db_commands",
    "city": "city:city_commands",
    "backup": "backups:backup_commands",
    "restore": "restores:restore_commands",
    "seed": "seed:seed",
    "site": "site:site_commands",
    "sms": "sms:sms_commands",
    "keys": "keys:keys_commands",
    "users": "users:users_commands",
    "people": "people:people_commands",
    "retention": "retention:retention_commands",
    "mail": "mail:mail_commands",
    "alerts": "alerts:alerts_commands",
    "boundaries": "boundaries:boundaries_commands",
    "addresses": "addresses:addresses_commands",
    "routing": "routing:routing_commands reroute routing_reports",
    "requests": "requests:requests_commands requests_routing",
    "triage": "requests_routing:triage_commands",
    "updates": "updates:updates_commands",
    "forwarding": "forwarding:forwarding_commands",
    "webhooks": "webhooks:webhooks_commands",
    "sandbox": "maintenance:sandbox_commands",
    "insights": "insights:insights_commands",
    "open-data": "open_data:open_data_commands",
    "jobs": "jobs:jobs_commands",
    "maintenance": "maintenance:maintenance_command",
    "media": "maintenance:media_commands",
    "import-requests": "imports:import_requests",
}
"""The commands and groups, each with its place, as LazyCommands has it."""

WITHOUT_URLS = {"addresses", "boundaries", "routing"}
"""Commands that need the application without URLs, which is imported much sooner."""


class _Program(click.Group):
    """Command group that prints expected errors as sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Objected as error:
            sentences = (command_sentence(one, error.units) for one in error.problems)
            raise click.ClickException("\n".join(sentences)) from None
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


def _application(command: str | None) -> Flask:
    """Return the application that a command needs; its modules are imported now."""
    name = "database_app:create_database_app" if command in WITHOUT_URLS else "app:create_app"
    app: Flask = imported(f"open311.{name}")()
    return app


@click.group(
    cls=_Program,
    commands=LazyCommands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
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
        command = context.invoked_subcommand
        context.obj = ScriptInfo(create_app=lambda: _application(command))
