"""open311 users: staff who can sign in."""

import secrets
import sys

import click
from flask import current_app
from flask.cli import AppGroup
from marshmallow import ValidationError

from open311.commands.options import by_option, jurisdiction_option
from open311.errors import Conflict, InvalidParameters
from open311.messages.people import EMAIL_NEEDED, NO_EMAIL_ADDRESS, NO_PASSWORD_HERE
from open311.messages.telling import MAIL_OFF
from open311.models.people import ROLES
from open311.operations.people.notices import change_email
from open311.operations.people.password_links import invite_user
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
from schemas.people import EmailSchema

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
@click.option("--email", metavar="ADDRESS", help="Address that emails to the user go to.")
@click.option("--invite", is_flag=True, help="Send a link to choose a password; with --email.")
@password_options[0]
@password_options[1]
@openid_option
@jurisdiction_option
def create(
    name: str,
    role: str,
    department: str | None,
    email: str | None,
    invite: bool,
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
      open311 users create kim --role viewer --email kim@mail.example --invite
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    address = None if email is None else _address(email)
    if invite:
        _check_invitation(name, address, openid=openid)
    if openid:
        password = None
    elif invite:
        password = secrets.token_urlsafe(15)  # until the user chooses one
    else:
        password = _password(generate=generate, password_stdin=password_stdin)
    create_user(jurisdiction_id, name, password, role, department, address)
    if invite:
        invite_user(jurisdiction_id, name, _secret_key())
    shown = f" Password: {password}" if generate and password else ""
    click.echo(f"User {name} created{' and invited' if invite else ''}.{shown}")


def _address(text: str) -> str:
    """Return an email address as it is stored; raises InvalidParameters."""
    try:
        found: str = EmailSchema().load({"email": [text]})["email"]
    except ValidationError:
        found = ""
    if not found:
        raise InvalidParameters(NO_EMAIL_ADDRESS, address=text)
    return found


def _check_invitation(name: str, address: str | None, *, openid: bool) -> None:
    """Raise Conflict if a new user cannot be invited."""
    if current_app.config["OPEN311_MAIL"] is None:
        raise Conflict(MAIL_OFF)
    if openid:
        raise Conflict(NO_PASSWORD_HERE, name=name)
    if address is None:
        raise Conflict(EMAIL_NEEDED, name=name)


def _secret_key() -> str:
    return str(current_app.config["OPEN311_SECRET_KEY"])


@users_commands.command()
@click.argument("name")
@jurisdiction_option
def invite(name: str, jurisdiction_id: str | None) -> None:
    """Send a user an email with a link to choose a password.

    The link works once, within seven days. Former links stop working.

    \b
    Example:
      open311 users invite kim
    """
    invite_user(get_jurisdiction(jurisdiction_id).jurisdiction_id, name, _secret_key())
    click.echo(f"User {name} gets an invitation.")


@users_commands.command(name="email")
@click.argument("name")
@click.argument("address", default="")
@jurisdiction_option
def email_(name: str, address: str, jurisdiction_id: str | None) -> None:
    """Set the email address of a user; without ADDRESS, remove it.

    \b
    Example:
      open311 users email kim kim@mail.example
    """
    here = get_jurisdiction(jurisdiction_id).jurisdiction_id
    change_email(here, name, _address(address) if address else None)
    click.echo(f"Emails to {name} go to {address}." if address else f"{name} gets no emails.")


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
