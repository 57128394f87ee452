"""open311 users: staff who can sign in."""

import secrets
import sys

import click
from flask.cli import AppGroup

from open311.commands.options import by_option, jurisdiction_option
from open311.models.people import ROLES
from open311.operations.people.two_step import turn_two_step_off
from open311.operations.people.users import (
    change_password,
    change_role,
    create_user,
    disable_user,
    enable_user,
)
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.users import UserInfo, list_users

users_commands = AppGroup("users", help="Create, list, change, and disable staff users.")

password_options = (
    click.option("--generate", is_flag=True, help="Generate a password and print it once."),
    click.option("--password-stdin", is_flag=True, help="Read the password from standard input."),
)
openid_option = click.option(
    "--openid",
    is_flag=True,
    help="Sign in with the city account (OpenID Connect), without a password.",
)


def _password(*, generate: bool, password_stdin: bool) -> str:
    if generate:
        return secrets.token_urlsafe(15)
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@users_commands.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the user can do.")
@click.option("--department", metavar="CODE", help="Department code, for the role department.")
@password_options[0]
@password_options[1]
@openid_option
@jurisdiction_option
def create(
    name: str,
    role: str,
    department: str | None,
    generate: bool,
    password_stdin: bool,
    openid: bool,
    jurisdiction_id: str | None,
) -> None:
    """Create a user with the username NAME; prompts for the password.

    A viewer reads. A department user works on requests of one department, a dispatcher on all
    requests. An administrator also changes settings.

    \b
    Example:
      open311 users create streets --role department --department STREETS --generate
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    password = None if openid else _password(generate=generate, password_stdin=password_stdin)
    create_user(jurisdiction_id, name, password, role, department)
    shown = f" Password: {password}" if generate and password else ""
    click.echo(f"User {name} created.{shown}")


@users_commands.command(name="password")
@click.argument("name")
@password_options[0]
@password_options[1]
@jurisdiction_option
def password_(name: str, generate: bool, password_stdin: bool, jurisdiction_id: str | None) -> None:
    """Reset the password of a user, and end all sessions.

    \b
    Example:
      open311 users password streets --generate
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    new = _password(generate=generate, password_stdin=password_stdin)
    change_password(jurisdiction_id, name, new)
    click.echo(f"User {name} has a new password" + (f": {new}" if generate else "."))


@users_commands.command()
@click.argument("name")
@by_option
@jurisdiction_option
def disable(name: str, made_by: str, jurisdiction_id: str | None) -> None:
    """Disable a user. Their history stays.

    \b
    Example:
      open311 users disable streets
    """
    disable_user(get_jurisdiction(jurisdiction_id).jurisdiction_id, name, made_by)
    click.echo(f"User {name} disabled.")


@users_commands.command()
@click.argument("name")
@jurisdiction_option
def enable(name: str, jurisdiction_id: str | None) -> None:
    """Enable a user again.

    \b
    Example:
      open311 users enable streets
    """
    enable_user(get_jurisdiction(jurisdiction_id).jurisdiction_id, name)
    click.echo(f"User {name} enabled.")


@users_commands.command(name="two-step-off")
@click.argument("name")
@jurisdiction_option
def two_step_off(name: str, jurisdiction_id: str | None) -> None:
    """Turn off two-step sign-in for a user who lost the phone.

    The user can then sign in with the password alone, and set up two-step sign-in again.

    \b
    Example:
      open311 users two-step-off streets
    """
    turn_two_step_off(get_jurisdiction(jurisdiction_id).jurisdiction_id, name)
    click.echo(f"Two-step sign-in is off for {name}.")


@users_commands.command(name="role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--department", metavar="CODE", help="Department code, for the role department.")
@by_option
@jurisdiction_option
def role_(
    name: str, role: str, department: str | None, made_by: str, jurisdiction_id: str | None
) -> None:
    """Change the role of a user.

    \b
    Example:
      open311 users role streets department --department STREETS
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    change_role(here, name, role, department, made_by)
    click.echo(f"Role of {name} changed to {role}.")


@users_commands.command(name="list")
@jurisdiction_option
def list_(jurisdiction_id: str | None) -> None:
    """List users by name.

    \b
    Example:
      open311 users list
    """
    for user in list_users(get_jurisdiction(jurisdiction_id).jurisdiction_id):
        click.echo(f"{user.name}: {_role(user)}, {_state(user)}")


def _role(user: UserInfo) -> str:
    return f"{user.role} {user.department}" if user.department else user.role


def _state(user: UserInfo) -> str:
    if user.disabled_at:
        return f"disabled {user.disabled_at:%F}"
    return "active, two-step sign-in" if user.two_step else "active"
