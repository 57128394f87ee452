"""open311 keys: API keys."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from open311.commands.options import jurisdiction_option
from open311.operations.people.api_keys import change_rights, create_api_key, revoke_api_key
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.people.api_keys import find_key, list_api_keys
from schemas.vocabulary.rights import RIGHT_CODES, RIGHTS, USUAL_RIGHTS, Right, in_order

keys_commands = AppGroup("keys", help="Create, list, change, and revoke API keys.")


class RightList(click.ParamType[list[str]]):
    """Codes of RIGHTS with commas between them."""

    name = "RIGHTS"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        codes = [code.strip().lower() for code in str(value).split(",") if code.strip()]
        for code in codes:
            if code not in RIGHT_CODES:
                self.fail(f"{code!r} is not one of {', '.join(RIGHT_CODES)}.", param, ctx)
        if not codes:
            self.fail(f"Name at least one of {', '.join(RIGHT_CODES)}.", param, ctx)
        return in_order(codes)


def may_option(**options: Any) -> Callable[[Any], Any]:
    """Return the option --may: what a key may do."""
    meanings = "; ".join(f"{right.code}: {_meaning(right)}" for right in RIGHTS)
    text = f"What the key may do, with commas between. {meanings}."
    return click.option("--may", "rights", type=RightList(), help=text, **options)


def _meaning(right: Right) -> str:
    return f"{right.allows}, {right.hint}" if right.hint else right.allows


@keys_commands.command()
@click.argument("name")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Store the key in this file, and reuse it next time.",
)
@may_option(default=",".join(USUAL_RIGHTS), show_default=True)
@jurisdiction_option
def create(name: str, file: Path | None, rights: list[str], jurisdiction_id: str | None) -> None:
    """Create an API key and print it once.

    Only a hash of the key is stored. NAME says which app uses it.

    \b
    Example:
      open311 keys create "City mobile app" --may report,comment
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    key = _key_in(file) if file else None
    known = find_key(key) if key else None
    if known is None or known.jurisdiction_id != jurisdiction_id:
        key = create_api_key(jurisdiction_id, name, key, rights=rights)
    elif in_order(known.rights) != rights:
        raise click.ClickException(
            f"{file} contains a key with other rights. Use --may {','.join(known.rights)}, or "
            "choose another file."
        )
    click.echo(f"API key: {key}")


@keys_commands.command(name="list")
@jurisdiction_option
def list_(jurisdiction_id: str | None) -> None:
    """List API keys, oldest first.

    \b
    Example:
      open311 keys list
    """
    jurisdiction_id = get_jurisdiction(jurisdiction_id).jurisdiction_id
    for name, created_at, revoked_at, rights in list_api_keys(jurisdiction_id):
        state = f"revoked {revoked_at:%Y-%m-%d}" if revoked_at else "active"
        click.echo(f"{name}: created {created_at:%Y-%m-%d}, may {', '.join(rights)}, {state}")


@keys_commands.command()
@click.argument("name")
@may_option(required=True)
@jurisdiction_option
def change(name: str, rights: list[str], jurisdiction_id: str | None) -> None:
    """Change what an active API key may do.

    \b
    Example:
      open311 keys change "Streets contractor" --may report,status
    """
    now = change_rights(get_jurisdiction(jurisdiction_id).jurisdiction_id, name, rights)
    click.echo(f"{name} may now {', '.join(now)}.")


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
