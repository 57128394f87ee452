"""open311 backup and restore: what belongs together, and whether a restored copy is complete."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from PIL import Image

from open311.commands.doctor import OK, PROBLEM, WARNING, Finding
from open311.database import db
from open311.encryption import key_fingerprint
from open311.media.store import files_of
from open311.queries.backups import (
    count_photos,
    count_requests,
    inactive_guards,
    newest_request,
    read_only,
    sequences_behind,
    some_photos,
    wal_position,
)
from open311.queries.jurisdictions import list_jurisdictions
from open311.queries.maps.sets import Maps
from open311.queries.revisions import Fit, read_revision
from open311.queries.routing.canaries import check_canaries
from open311.web.sent_media import media_store

backup_commands = AppGroup("backup", help="What a backup must contain.")
restore_commands = AppGroup("restore", help="Check what was restored from a backup.")


@backup_commands.command()
def manifest() -> None:
    """Print what the database contains now, to be kept with the backup that follows.

    It is JSON: versions, the position of the log, numbers of requests and photos, and a fingerprint
    of the secret key.

    \b
    Example:
      open311 backup manifest
    """
    read_only()
    found = {
        "version": version("open311"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": read_revision(db.session.connection()).found,
        "wal": wal_position(),
        "requests": count_requests(),
        "photos": count_photos(),
        "secret_key": _fingerprint(),
    }
    click.echo(json.dumps(found, indent=2))


def _fingerprint() -> str:
    return key_fingerprint(current_app.config["OPEN311_SECRET_KEY"])


@restore_commands.command()
@click.option(
    "--manifest",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What open311 backup manifest printed before the backup.",
)
@click.option(
    "--max-age", type=click.IntRange(1, 100_000), help="Most hours since the newest request."
)
@click.option(
    "--photos",
    type=click.IntRange(0, 1_000_000),
    default=50,
    show_default=True,
    help="Photos to look at, by chance.",
)
def check(path: Path | None, max_age: int | None, photos: int) -> None:
    """Check a restored database and its photos without changing them; exit 1 on a problem.

    Set DATABASE_URL and OPEN311_MEDIA_STORE to the restored copy.

    \b
    Example:
      open311 restore check --manifest manifest.json --max-age 48
    """
    before = _read_manifest(path) if path else {}
    read_only()
    fit = read_revision(db.session.connection())
    findings = [Finding(OK if fit.fit() is Fit.WORKS else PROBLEM, fit.sentence())]
    if fit.fit() is Fit.WORKS:
        findings += _of_rows(before, max_age)
        findings += _of_guards()
        findings += _of_photos(photos)
        findings += _of_routing()
    for kind, sentence in findings:
        click.echo(f"{kind}: {sentence}")
    if any(finding.kind == PROBLEM for finding in findings):
        raise click.exceptions.Exit(1)


def _read_manifest(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        requests = {name: int(number) for name, number in found["requests"].items()}
        return {**found, "requests": requests, "photos": int(found["photos"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise click.BadParameter(f"{path} is not what open311 backup manifest prints.") from None


def _of_rows(before: Mapping[str, Any], max_age: int | None) -> Iterator[Finding]:
    now = count_requests()
    for name, number in before.get("requests", {}).items():
        if now.get(name, 0) < number:
            text = f"{name} has {now.get(name, 0):,} requests, and had {number:,} at the backup."
            yield Finding(PROBLEM, text)
    photos = count_photos()
    if photos < before.get("photos", 0):
        yield Finding(PROBLEM, f"There are {photos:,} photos, and there were {before['photos']:,}.")
    if before.get("secret_key", "") != "" and before["secret_key"] != _fingerprint():
        text = "OPEN311_SECRET_KEY is another one: secret links of residents no longer work."
        yield Finding(PROBLEM, text)
    newest = newest_request()
    if max_age is not None:
        limit = datetime.now(UTC) - timedelta(hours=max_age)
        if newest is None or newest < limit:
            yield Finding(PROBLEM, f"The newest request is of {newest or 'no time'}: too old.")
    requests = f"Requests: {sum(now.values()):,}, the newest of {newest}"
    yield Finding(OK, f"{requests}. Photos: {photos:,}.")


def _of_guards() -> Iterator[Finding]:
    behind = list(sequences_behind())
    for sequence, column in behind:
        yield Finding(PROBLEM, f"The sequence {sequence} would repeat numbers of {column}.")
    if not behind:
        yield Finding(OK, "All sequences are ahead of their columns.")
    inactive = inactive_guards()
    for name in inactive:
        yield Finding(PROBLEM, f"{name} is not active: the restore did not end well.")
    if not inactive:
        yield Finding(OK, "All constraints, triggers, and indexes are active.")


def _of_photos(number: int) -> Iterator[Finding]:
    names = files_of(some_photos(number))
    bad = [name for name in names if not _can_be_seen(name)]
    for name in bad:
        yield Finding(PROBLEM, f"The file {name} is missing from the photo storage, or broken.")
    if not bad:
        yield Finding(OK, f"Files of photos looked at: {len(names)}.")


def _can_be_seen(name: str) -> bool:
    try:
        with media_store().open(name) as file, Image.open(file) as image:
            image.load()
    except Exception:  # stores raise errors of their own libraries
        return False
    return True


def _of_routing() -> Iterator[Finding]:
    for jurisdiction in list_jurisdictions():
        results = check_canaries(jurisdiction, Maps(jurisdiction.today()))
        failing = [result for result in results if result.fails]
        for result in failing:
            yield Finding(PROBLEM, f"In {jurisdiction.jurisdiction_id}, {result}.")
        if not results:
            text = f"{jurisdiction.jurisdiction_id} has no routing tests: its maps prove nothing."
            yield Finding(WARNING, text)
        elif not failing:
            name = jurisdiction.jurisdiction_id
            yield Finding(OK, f"Routing tests of {name} that agree: {len(results)}.")
