"""open311 backup: what belongs together."""

import json
from datetime import UTC, datetime
from importlib.metadata import version

import click
from flask import current_app
from flask.cli import AppGroup

from open311.database import db
from open311.encryption import key_fingerprint
from open311.queries.backups import count_photos, count_requests, read_only, wal_position
from open311.queries.revisions import read_revision

backup_commands = AppGroup("backup", help="What a backup must contain.")


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
        "secret_key": fingerprint(),
    }
    click.echo(json.dumps(found, indent=2))


def fingerprint() -> str:
    """Return the fingerprint of the server's secret key."""
    return key_fingerprint(current_app.config["OPEN311_SECRET_KEY"])
