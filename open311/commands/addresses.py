"""open311 addresses: import and lookup of the city's address points."""

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from geo.addresses.doubts import why_not_found
from geo.addresses.files import AddressesRead, read_addresses
from open311.commands.options import by_option, jurisdiction_option
from open311.messages.problem import Problem
from open311.messages.sentences import command_sentence
from open311.operations.addresses import NewRegister, import_addresses, try_addresses
from open311.queries.addresses import find_meant, find_register
from open311.queries.jurisdictions import get_jurisdiction

MOST_LINES = 10
"""Skipped lines that are listed one by one."""

addresses_commands = AppGroup("addresses", help="Import and look up address points.")


@addresses_commands.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--commit", is_flag=True, help="Store the result (default: only show it).")
@click.option("--source", metavar="TEXT", help="Data source (default: the file name).")
@click.option("--license", metavar="TEXT", default="", help="License of the data.")
@click.option("--vintage", metavar="TEXT", default="", help="Data date or edition, such as 2026.")
@by_option
@jurisdiction_option
def import_(
    file: Path,
    commit: bool,
    source: str | None,
    license: str,
    vintage: str,
    made_by: str,
    jurisdiction_id: str | None,
) -> None:
    """Import address points from FILE, a CSV file or a workbook with OpenAddresses columns.

    They replace all address points that were imported before, and the differences are listed.
    Nothing is stored unless you add --commit.

    \b
    Example:
      open311 addresses import us/oh/lancaster.csv --license "Public domain" --commit
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    read = read_addresses(file)
    _tell_left_out(read)
    register = NewRegister(
        source=source or file.name, license=license, vintage=vintage, imported_by=made_by
    )
    store = import_addresses if commit else try_addresses
    changes = store(jurisdiction, register, read.rows)
    if changes.outside:
        click.echo(f"Outside the service area: {changes.outside:,}.")
    if changes.swapped:
        click.echo(f"Inside it with lon and lat exchanged: {changes.swapped:,}. Correct the file.")
    click.echo(f"Addresses: {len(read.rows):,}.")
    if not changes.is_first:
        _tell_changes("Added", changes.added)
        _tell_changes("Removed", changes.removed)
        _tell_changes("Moved", changes.moved)
    click.echo("Imported." if commit else "Nothing was changed. To import, add --commit.")


def _tell_left_out(read: AddressesRead) -> None:
    for line, problem in read.left_out[:MOST_LINES]:
        click.echo(f"Skipped: line {line}, {command_sentence(Problem.of(problem))}")
    if len(read.left_out) > MOST_LINES:
        click.echo(f"Skipped: {len(read.left_out) - MOST_LINES:,} more lines.")


def _tell_changes(what: str, addresses: Sequence[str]) -> None:
    click.echo(f"{what}: {len(addresses):,}.")
    for address in addresses[:MOST_LINES]:
        click.echo(f"  {address}")
    if len(addresses) > MOST_LINES:
        click.echo(f"  and {len(addresses) - MOST_LINES:,} more")


@addresses_commands.command()
@click.argument("text")
@jurisdiction_option
def find(text: str, jurisdiction_id: str | None) -> None:
    """Find the address point for TEXT, as for a submitted address.

    \b
    Example:
      open311 addresses find "104 E Main St, Lancaster"
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    register = find_register(jurisdiction.jurisdiction_id)
    if register is None:
        raise click.ClickException(
            f"{jurisdiction.name} has no address points. Import them with open311 addresses import."
        )
    meant = find_meant(jurisdiction.jurisdiction_id, text)
    if meant.address is None:
        raise click.ClickException(f"Not found: {why_not_found(meant)}.")
    found = meant.address
    click.echo(f"{found.address} ({found.address_id}) at {found.point.lat} {found.point.long}")
