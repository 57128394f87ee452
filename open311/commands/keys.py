"""open311 keys: who may post."""

import secrets
from pathlib import Path

import click
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.operations.people.api_keys import create_api_key, revoke_api_key
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.api_keys import find_key, list_api_keys

keys_commands = AppGroup("keys", help="Create, list and revoke API keys.")


@keys_commands.command()
@click.argument("name")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the key in this file, and take it from there the next time.",
)
@click.option("--staff", is_flag=True, help="It also opens what only the city's staff may see.")
@jurisdiction_option
def create(name: str, file: Path | None, staff: bool, jurisdiction_id: str | None) -> None:
    """Create a key for NAME and show it, once: only a hash of it is stored.

    \b
    Example:
      open311 keys create "City app for phones"
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    key = _key_in(file) if file else None
    known = find_key(key) if key else None
    if known is None or known.jurisdiction_id != jurisdiction_id:
        key = create_api_key(jurisdiction_id, name, key, staff=staff)
    elif known.staff != staff:
        kind = "a staff key: add --staff" if known.staff else "no staff key: leave out --staff"
        raise click.ClickException(f"{file} holds {kind}, or name another file.")
    click.echo(f"{'Staff' if staff else 'API'} key: {key}")


@keys_commands.command(name="list")
@jurisdiction_option
def list_(jurisdiction_id: str | None) -> None:
    """List the keys by name, oldest first.

    \b
    Example:
      open311 keys list
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    for name, created_at, revoked_at, staff in list_api_keys(jurisdiction_id):
        state = f"revoked {revoked_at:%Y-%m-%d}" if revoked_at else "in use"
        kind = ", of staff" if staff else ""
        click.echo(f"{name}: created {created_at:%Y-%m-%d}{kind}, {state}")


@keys_commands.command()
@click.argument("name")
@jurisdiction_option
def revoke(name: str, jurisdiction_id: str | None) -> None:
    """Revoke the key of NAME: from now on it is refused.

    \b
    Example:
      open311 keys revoke "City app for phones"
    """
    revoke_api_key(get_jurisdiction(jurisdiction_id).jurisdiction_id, name)
    click.echo(f"The key of {name} is revoked.")


def _key_in(file: Path) -> str:
    """Read the key in a file, making one if there is none; only its owner may read it."""
    try:
        file.touch(mode=0o600)
        key = file.read_text(encoding="ascii").strip()
        if not key:
            key = secrets.token_urlsafe(32)
            file.write_text(key, encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} cannot hold the key: {error}.") from None
    return key
