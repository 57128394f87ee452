"""open311 city: move a city between databases, and delete one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click
from flask.cli import AppGroup

from open311.city_folder import FORMAT, CityFolder, CityManifest, SavedTable
from open311.commands.backups import fingerprint
from open311.database import db, end_reads, lift_time_limit
from open311.errors import Conflict
from open311.messages.moved_city import OTHER_REVISION, OTHER_SECRET_KEY
from open311.operations.deleted_city import (
    delete_rest_of_city,
    delete_some_requests,
    refuse_if_held,
)
from open311.operations.moved_city import RANGES, MovedTable, start_ids_in_range, store_city
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.moved_city import (
    begin_snapshot,
    copy_rows,
    list_city_rows,
    list_files,
    read_counters,
    read_feed_epoch,
)
from open311.queries.open_data import list_data_files
from open311.queries.revisions import read_revision
from open311.web.sent_media import media_store

city_commands = AppGroup("city", help="Move a city to another database, or delete it.")

FOLDER = click.Path(path_type=Path, file_okay=False)


@city_commands.command("export")
@click.argument("jurisdiction_id")
@click.argument("folder", type=FOLDER)
def export_city(jurisdiction_id: str, folder: Path) -> None:
    """Write all that a city has, with its ids and its photos, into a new FOLDER.

    The folder contains personal data, so only its owner can read it. Nothing is deleted.

    \b
    Example:
      open311 city export lancaster.example /srv/moving/lancaster
    """
    target = CityFolder(folder)
    begin_snapshot()
    lift_time_limit()
    get_jurisdiction(jurisdiction_id)
    target.create()
    tables = [
        target.write_table(rows.table, rows.columns, copy_rows(rows, jurisdiction_id))
        for rows in list_city_rows()
    ]
    manifest = CityManifest(
        format=FORMAT,
        jurisdiction_id=jurisdiction_id,
        version=version("open311"),
        revision=read_revision(db.session.connection()).found,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        secret_key=fingerprint(),
        counters=read_counters(),
        feed_epoch=read_feed_epoch(),
        tables=tables,
        files=_write_files(target, list_files(jurisdiction_id)),
    )
    target.write_manifest(manifest)
    click.echo(_summary("Exported", manifest))


def _write_files(folder: CityFolder, names: Sequence[str]) -> dict[str, str]:
    """Copy files of the storage; one that is missing there is named, and left out."""
    written = {}
    for name in names:
        try:
            with media_store().open(name) as source:
                written[name] = folder.write_file(name, source)
        except FileNotFoundError:
            click.echo(f"{name} is not in the photo storage.", err=True)
    return written


@city_commands.command("import")
@click.argument("folder", type=FOLDER)
def import_city(folder: Path) -> None:
    """Store a city that open311 city export has written into FOLDER, all or nothing.

    All ids stay, so that links, apps, and copies of other systems go on. Running servers know the
    city at once. Its users sign in again.

    \b
    Example:
      open311 city import /srv/moving/lancaster
    """
    source = CityFolder(folder)
    manifest = source.read_manifest()
    found = read_revision(db.session.connection()).found
    end_reads()
    if found != manifest.revision:
        raise Conflict(OTHER_REVISION, exported=manifest.revision, found=found)
    if manifest.secret_key != fingerprint():
        raise Conflict(OTHER_SECRET_KEY)
    for name, digest in manifest.files.items():
        with source.open_file(name, digest) as file:
            media_store().copy(name, file)
    tables = [
        MovedTable(table.name, table.columns, partial(source.read_table, table))
        for table in manifest.tables
    ]
    store_city(manifest.jurisdiction_id, tables, manifest.counters, manifest.feed_epoch)
    click.echo(_summary("Imported", manifest))


def _summary(done: str, manifest: CityManifest) -> str:
    rows = {table.name: table.rows for table in manifest.tables}
    return (
        f"{done} {manifest.jurisdiction_id}: {rows['service_requests']:,} service requests, "
        f"{sum(rows.values()):,} rows in {sum(map(_is_used, manifest.tables))} tables, "
        f"{len(manifest.files):,} files."
    )


def _is_used(table: SavedTable) -> bool:
    return table.rows > 0


@city_commands.command("ids")
@click.option(
    "--range",
    "number",
    type=click.IntRange(RANGES[0], RANGES[-1]),
    required=True,
    help="A number that no other database of yours has.",
)
def choose_ids(number: int) -> None:
    """Let ids go on in a range of their own, so that cities can move here from other databases.

    Do this once for each database after the first one, before there are cities in it.

    \b
    Example:
      open311 city ids --range 2
    """
    start_ids_in_range(number)
    click.echo(f"New rows get ids of range {number}.")


@city_commands.command("delete")
@click.argument("jurisdiction_id")
@click.option("--yes", metavar="ID", help="The ID again, instead of typing it.")
def delete_city(jurisdiction_id: str, yes: str | None) -> None:
    """Delete a city with all its requests, photos, users, and settings. You cannot undo this.

    Asks to type the ID again. A city with legal holds stays. The command can run again if it was
    interrupted.

    \b
    Example:
      open311 city delete lancaster.example
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    here = jurisdiction.jurisdiction_id
    refuse_if_held(here)
    end_reads()
    if yes is None:
        yes = click.prompt(f"This deletes {jurisdiction.name}. Type {here} to delete it")
    if yes != here:
        raise click.ClickException("This is another ID, so nothing was deleted.")
    files, total = _list_all_files(here), 0
    while True:
        while number := delete_some_requests(here):
            total += number
        if delete_rest_of_city(here):
            break
    media_store().remove(files)
    click.echo(f"Deleted {here}: {total:,} service requests, {len(files):,} files.")


def _list_all_files(jurisdiction_id: str) -> list[str]:
    """List the files of a city; those of requests that still come in are swept later."""
    lift_time_limit()
    data = [one.name for one in list_data_files(jurisdiction_id)]
    found = [*list_files(jurisdiction_id), *data]
    end_reads()
    return found
