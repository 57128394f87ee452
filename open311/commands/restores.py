"""open311 restore: whether a restored copy is complete, and what follows when it is served."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from open311.commands.doctor import OK, PROBLEM, Finding
from open311.commands.restore_findings import (
    of_erasures,
    of_guards,
    of_pages,
    of_photos,
    of_points,
    of_requests,
    of_routing,
    of_rows,
)
from open311.database import db
from open311.operations.restores import SKIPPED, adopt_restored
from open311.queries.backups import read_only
from open311.queries.revisions import Fit, read_revision
from open311.web.erasure_log import repeat_missing

restore_commands = AppGroup("restore", help="Check and adopt what was restored from a backup.")

_FILE = click.Path(path_type=Path, dir_okay=False)


@restore_commands.command()
@click.option(
    "--manifest",
    "path",
    type=_FILE,
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
@click.option(
    "--requests",
    type=click.IntRange(0, 1_000_000),
    default=50,
    show_default=True,
    help="Requests to look at, by chance.",
)
@click.option(
    "--pages",
    is_flag=True,
    help="Let pg_amcheck read all pages. It needs a superuser, and adds an extension.",
)
@click.option("--metrics", type=_FILE, help="Write the result to this file, for Prometheus.")
def check(
    path: Path | None,
    max_age: int | None,
    photos: int,
    requests: int,
    pages: bool,
    metrics: Path | None,
) -> None:
    """Check a restored database and its photos without changing them; exit 1 on a problem.

    Set DATABASE_URL and OPEN311_MEDIA_STORE to the restored copy. The last line is the result as
    JSON.

    \b
    Example:
      open311 restore check --manifest manifest.json --max-age 48
    """
    before = _read_manifest(path) if path else {}
    findings = of_pages() if pages else []
    read_only()
    revision = read_revision(db.session.connection())
    fits = revision.fit() is Fit.WORKS
    findings += [Finding(OK if fits else PROBLEM, revision.sentence())]
    if fits:
        findings += _of_content(before, max_age, photos, requests)
    _tell(findings, metrics)


def _of_content(
    before: Mapping[str, Any], max_age: int | None, photos: int, requests: int
) -> Iterator[Finding]:
    yield from of_rows(before, max_age)
    yield from of_guards()
    yield from of_erasures()
    yield from of_photos(photos)
    yield from of_requests(requests)
    yield from of_points()
    yield from of_routing()


def _tell(findings: Sequence[Finding], metrics: Path | None) -> None:
    for kind, sentence in findings:
        click.echo(f"{kind}: {sentence}")
    problems = sum(finding.kind == PROBLEM for finding in findings)
    now = datetime.now(UTC)
    result = {"at": now.isoformat(timespec="seconds"), "proved": not problems, "problems": problems}
    click.echo(json.dumps(result))
    if metrics is not None:
        _write_metrics(metrics, now, problems)
    if problems:
        raise click.exceptions.Exit(1)


def _write_metrics(path: Path, now: datetime, problems: int) -> None:
    """Write the result as the node exporter reads it; the time of the last proof stays."""
    name = "open311_backup_proved_timestamp_seconds"
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        proved = [line for line in lines if line.startswith(f"{name} ")]
        if not problems:
            proved = [f"{name} {now.timestamp():.0f}"]
        fresh = path.with_name(f"{path.name}.new")
        text = "\n".join([*proved, f"open311_backup_problems {problems}", ""])
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)  # it may be read at any moment
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None


def _read_manifest(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        requests = {name: int(number) for name, number in found["requests"].items()}
        return {**found, "requests": requests, "photos": int(found["photos"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise click.BadParameter(f"{path} is not what open311 backup manifest prints.") from None


@restore_commands.command()
def adopt() -> None:
    """Prepare a restored database to be served in place of the one that was lost.

    Clients that copy requests have seen changes that are lost: positions that they keep from
    before get status 410, and they read everything again. Each counter skips numbers, so that none
    of a lost request is given again. What was erased after the backup is erased again, as the log
    of erasures says (OPEN311_ERASURE_LOG). Run it before the server starts.

    \b
    Example:
      open311 restore adopt
    """
    number = adopt_restored()
    click.echo(f"Counters that skip {SKIPPED:,} numbers: {number}.")
    click.echo("Positions in lists of changes from before are no longer valid.")
    try:
        done = repeat_missing()
    except ValueError as error:
        raise click.ClickException(f"The log of erasures cannot be read: {error}.") from None
    click.echo(f"Erasures repeated: {done.repeated:,}; with nothing to erase: {done.empty:,}.")
    for name in done.held:
        click.echo(f"{name} has a legal hold, so nothing was erased from it.", err=True)
