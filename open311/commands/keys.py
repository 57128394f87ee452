"""open311 keys: API keys."""

import secrets
from pathlib import Path

import click
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.operations.people.api_keys import create_api_key, revoke_api_key
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.api_keys import find_key, list_api_keys

keys_commands = AppGroup("keys", help="Create, list, and revoke API keys.")


@keys_commands.command()
@click.argument("name")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Store the key in this file, and reuse it next time.",
)
@click.option("--staff", is_flag=True, help="Staff key: can also read nonpublic data.")
@jurisdiction_option
def create(name: str, file: Path | None, staff: bool, jurisdiction_id: str | None) -> None:
    """Create an API key and print it once.

    Only a hash of the key is stored. NAME says which app uses it.

    \b
    Example:
      open311 keys create "City mobile app"
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    key = _key_in(file) if file else None
    known = find_key(key) if key else None
    if known is None or known.jurisdiction_id != jurisdiction_id:
        key = create_api_key(jurisdiction_id, name, key, staff=staff)
    elif known.staff != staff:
        kind = (
            "a staff key. Add --staff"
            if known.staff
            else "a key without staff access. Omit --staff"
        )
        raise click.ClickException(f"{file} contains {kind}, or choose another file.")
    click.echo(f"{'Staff' if staff else 'API'} key: {key}")


@keys_commands.command(name="list")
@jurisdiction_option
def list_(jurisdiction_id: str | None) -> None:
    """List API keys, oldest first.

    \b
    Example:
      open311 keys list
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    for name, created_at, revoked_at, staff in list_api_keys(jurisdiction_id):
        state = f"revoked {revoked_at:%Y-%m-%d}" if revoked_at else "active"
        kind = ", staff key" if staff else ""
        click.echo(f"{name}: created {created_at:%Y-%m-%d}{kind}, {state}")


@keys_commands.command()
@click.argument("name")
@jurisdiction_option
def revoke(name: str, jurisdiction_id: str | None) -> None:
    """Revoke an API key.

    Apps that use it can no longer submit requests. You cannot undo this.

    \b
    Example:
      open311 keys revoke "City mobile app"
    """
    revoke_api_key(get_jurisdiction(jurisdiction_id).jurisdiction_id, name)
    click.echo(f"API key of {name} revoked.")


def _key_in(file: Path) -> str:
    """Return the key in a file, creating one if it is empty; only its owner may read the file."""
    try:
        file.touch(mode=0o600)
        key = file.read_text(encoding="ascii").strip()
        if not key:
            key = secrets.token_urlsafe(32)
            file.write_text(key, encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"The key cannot be stored in {file}: {error}.") from None
    return key
