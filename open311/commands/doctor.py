"""open311 doctor: what prevents the server from working, or will soon."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from open311.database import db
from open311.database_hosts import has_several_hosts
from open311.database_settings import POOLER
from open311.media.store import new_name
from open311.queries.revisions import Fit, read_revision
from open311.queries.server_state import database_state
from open311.queries.session_settings import why_not_set
from open311.web.sent_media import media_store

OK, WARNING, PROBLEM = "OK", "Warning", "Problem"

MOST_SKEW = 5  # seconds between the clocks
CONNECTIONS = 8  # of a worker
CONNECTIONS_FOR_JOBS = 11
LEAST_FREE = 0.1  # of the disk
LEAST_CHARACTERS = 12  # different ones in a secret key; one of 32 random hex digits has 14
VENDOR = Path(__file__).parents[1] / "static/vendor"


class Finding(NamedTuple):
    """A result: one of OK, WARNING, and PROBLEM, and a sentence."""

    kind: str
    sentence: str


@click.command()
@with_appcontext
def doctor() -> None:
    """Check the settings, the database, the photo storage, and the disk; exit 1 on a problem.

    \b
    Example:
      open311 doctor
    """
    settings = current_app.config
    findings = [
        *_of_settings(settings),
        *_of_database(settings),
        _of_photos(),
        *_of_disk(settings),
        _of_assets(),
    ]
    for kind, sentence in findings:
        click.echo(f"{kind}: {sentence}")
    if any(finding.kind == PROBLEM for finding in findings):
        raise click.exceptions.Exit(1)


def _of_settings(settings: Mapping[str, Any]) -> Iterator[Finding]:
    secret = settings["OPEN311_SECRET_KEY"]
    if not secret:
        why = "Nobody can sign in, and the residents' website is closed"
        yield Finding(WARNING, f"OPEN311_SECRET_KEY is not set. {why}.")
    elif len(set(secret)) < LEAST_CHARACTERS:
        yield Finding(PROBLEM, "OPEN311_SECRET_KEY is easy to guess. Replace it by a random one.")
    public = settings["OPEN311_PUBLIC_URL"]
    if not public:
        yield Finding(WARNING, "OPEN311_PUBLIC_URL is not set. Links name the host of a request.")
    elif public.startswith("http://"):
        yield Finding(WARNING, "OPEN311_PUBLIC_URL has no HTTPS. Passwords can be read on the way.")
    elif not settings["OPEN311_PROXIES"]:
        yield Finding(
            PROBLEM,
            "OPEN311_PUBLIC_URL has HTTPS, which needs a proxy, and OPEN311_PROXIES is 0. Set it "
            "to the number of proxies: without it, all clients share one rate limit.",
        )
    else:
        yield Finding(OK, f"The settings can be used. The public address is {public}.")


def _of_database(settings: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        before = datetime.now(UTC)
        state = database_state()
        after = datetime.now(UTC)
        revision = read_revision(db.session.connection())
    except SQLAlchemyError:
        sentence = why_not_set(settings) or "The database cannot be reached. Check DATABASE_URL."
        yield Finding(PROBLEM, sentence)
        return
    yield Finding(OK, f"PostgreSQL {state.version}, PostGIS {state.postgis or 'not yet'}.")
    fits = revision.fit() is Fit.WORKS
    yield Finding(OK if fits else PROBLEM, revision.sentence())
    not_set = why_not_set(settings)
    if not_set:
        yield Finding(PROBLEM, not_set)
    yield _of_clocks(max((before - state.now).total_seconds(), (state.now - after).total_seconds()))
    wanted = wanted_connections(settings)
    if wanted >= state.connections and not settings[POOLER]:
        yield Finding(
            PROBLEM,
            f"{settings['OPEN311_WORKERS']} workers use up to {wanted} database connections. "
            f"Raise max_connections of PostgreSQL, now {state.connections}, or run fewer workers.",
        )


def wanted_connections(settings: Mapping[str, Any]) -> int:
    """Return how many connections the server may have to the primary."""
    reads = settings["OPEN311_READ_DATABASE_URL"]
    # Reads of several hosts go to the primary when its standbys are gone.
    pools = 2 if reads and has_several_hosts(reads) else 1
    jobs = CONNECTIONS_FOR_JOBS if settings["OPEN311_JOBS"] == "inside" else 0
    return int(settings["OPEN311_WORKERS"]) * CONNECTIONS * pools + jobs


def _of_clocks(skew: float) -> Finding:
    """Compare the clocks; skew is by how many seconds the time is outside the question."""
    if skew > MOST_SKEW:
        what = f"The clocks of this machine and of the database differ by {skew:.0f} seconds"
        return Finding(PROBLEM, f"{what}. Set both by NTP.")
    return Finding(OK, "The clocks of this machine and of the database agree.")


def _of_photos() -> Finding:
    """Write a file, read it, and delete it."""
    store, name, content = media_store(), new_name(), b"open311 doctor"
    try:
        store.write(name, content)
        with store.open(name) as file:
            same = file.read() == content
        store.remove([name])
    except Exception as error:  # stores raise errors of their own libraries
        why = getattr(error, "strerror", None) or type(error).__name__
        return Finding(PROBLEM, f"OPEN311_MEDIA_STORE cannot be used: {why}.")
    if not same:
        return Finding(PROBLEM, "OPEN311_MEDIA_STORE returns another file than was written.")
    return Finding(OK, "The photo storage can be written, read, and deleted from.")


def _of_disk(settings: Mapping[str, Any]) -> Iterator[Finding]:
    folder = Path(settings["OPEN311_MEDIA_STORE"])
    if not folder.is_dir():  # an address of another store
        return
    usage = shutil.disk_usage(folder)
    free = usage.free / (usage.used + usage.free)
    text = f"The disk of the photos has {usage.free / 1e9:,.0f} GB free, {free:.0%}."
    yield Finding(OK if free > LEAST_FREE else PROBLEM, text)


def _of_assets() -> Finding:
    if (VENDOR / "maplibre-gl.mjs").exists() and (VENDOR / "pico.min.css").exists():
        return Finding(OK, "The files for browsers are there.")
    return Finding(
        PROBLEM, "The files for browsers are missing. Install the wheel, or run make install."
    )
