"""open311 import-requests: services and service requests from another GeoReport server."""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TextIO

import click
from flask.cli import with_appcontext

from open311.commands.options import jurisdiction_option, with_progress
from open311.csv_cells import harmless
from open311.georeport_source.catalog import read_services
from open311.georeport_source.endpoint import find_endpoint, normalized_address
from open311.georeport_source.fetch import RemoteServer
from open311.georeport_source.service_requests import Fetched, walk
from open311.georeport_source.windows import Window, begin_at, pieces
from open311.operations.imports.georeport import (
    RunningImport,
    analyze_imported,
    import_catalog,
)
from open311.outgoing import outgoing_session
from open311.queries.imports import find_progress, list_service_codes
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.steps.values.imports import ImportedServiceRequest, ImportRun, Skipped, WindowResult
from schemas.imports.foreign import status_key
from schemas.vocabulary.statuses import DETAILED_STATUSES

MOST_NAMED = 5

COLUMNS = ("id", "reason", "detail")


class Tally:
    """Counts of imported rows; skipped rows are written to a CSV file as they occur.

    An empty file gets a header first.
    """

    def __init__(self, report: TextIO) -> None:
        self.services: list[str] = []
        self.skipped_services: Counter[str] = Counter()
        self.windows = 0
        self.incomplete = 0
        self.imported = 0
        self.changed = 0
        self.skipped: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.left_out: set[str] = set()
        self._report = report
        self._writer = csv.writer(report)
        if report.tell() == 0:
            self._writer.writerow(COLUMNS)

    @property
    def has_begun(self) -> bool:
        """Whether the import has read anything."""
        return bool(self.windows or self.services)

    def add_services(self, codes: list[str], skipped: Iterable[Skipped]) -> None:
        """Count the services that were added and the skipped entries of the service list."""
        self.services += codes
        self._skip(skipped, self.skipped_services)

    def read(self, fetched: Fetched) -> None:
        """Count a fetched window and its unusable rows."""
        self.windows += 1
        self.incomplete += not fetched.complete
        self.unknown += fetched.unknown
        self._skip(fetched.skipped, self.skipped)

    def leave_out(self, rows: Iterable[ImportedServiceRequest]) -> None:
        """Record rows outside the requested dates, which some servers return."""
        self.left_out |= {row.service_request_id for row in rows}

    def add(self, outcome: WindowResult) -> None:
        """Count the outcomes of usable rows."""
        self.imported += outcome.imported
        self.changed += outcome.changed
        self._skip(outcome.skipped, self.skipped)

    def _skip(self, rows: Iterable[Skipped], counter: Counter[str]) -> None:
        for row in rows:
            counter[row.reason] += 1
            cells = (row.service_request_id, row.reason, row.detail)
            self._writer.writerow([harmless(cell) for cell in cells])
        self._report.flush()

    def summary(self) -> Iterator[str]:
        """Yield the lines of the summary."""
        names = f": {', '.join(self.services)}" if 0 < len(self.services) <= MOST_NAMED else ""
        yield f"Services: {len(self.services)} added{names}."
        yield from _counts(self.skipped_services)
        yield (
            f"Service requests: {self.imported} imported, {self.changed} changed, "
            f"{self.skipped.total()} skipped, in {self.windows} queries."
        )
        yield from _counts(self.skipped)
        for status, count in self.unknown.most_common(MOST_NAMED):
            yield f'Taken as open: {count} with status "{status}". To choose another, add --status.'
        if self.left_out:
            yield f"Skipped: {len(self.left_out)} outside the requested dates."
        if self.incomplete:
            yield (
                f"Warning: {self.incomplete} queries may be incomplete. The server seems to "
                "truncate its responses, or to ignore start_date and end_date."
            )


def _counts(counter: Counter[str]) -> Iterator[str]:
    """Yield a line for each reason, most frequent first."""
    for reason, count in sorted(counter.items(), key=lambda item: (-item[1], item[0])):
        yield f"  Skipped: {count} with {reason}"


def _read_statuses(
    _context: click.Context, _option: click.Parameter, texts: Sequence[str]
) -> Mapping[str, str]:
    words = {}
    for text in texts:
        theirs, sign, ours = (part.strip() for part in text.rpartition("="))
        if not theirs or not sign or ours not in DETAILED_STATUSES:
            known = ", ".join(DETAILED_STATUSES)
            raise click.BadParameter(f"{text} is not THEIRS=OURS, where OURS is one of {known}.")
        words[status_key(theirs)] = ours
    return words


DAY = click.DateTime(["%Y-%m-%d"])

DEFAULT_DAYS = 90

MOST_ROWS_AT_ONCE = 100  # submissions wait while these are stored


@click.command(name="import-requests")
@click.argument("url")
@jurisdiction_option
@click.option("--source-jurisdiction", metavar="ID", help="jurisdiction_id on the other server.")
@click.option(
    "--from", "first", type=DAY, help=f"First day submitted (default: {DEFAULT_DAYS} days ago)."
)
@click.option("--until", "last", type=DAY, help="Last day submitted (default: today).")
@click.option(
    "--window-days",
    type=click.IntRange(1, 90),
    default=7,
    show_default=True,
    help="Days per query.",
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    metavar="THEIRS=OURS",
    callback=_read_statuses,
    help='Status here for one there, such as "On Hold=planned" (others that are unknown: open).',
)
@click.option("--allow-private", is_flag=True, help="Allow a server in a private network.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write skipped requests with the reasons to this CSV file.",
)
@with_appcontext
def import_requests(
    url: str,
    jurisdiction_id: str | None,
    source_jurisdiction: str | None,
    first: datetime | None,
    last: datetime | None,
    window_days: int,
    statuses: Mapping[str, str],
    allow_private: bool,
    report_file: Path | None,
) -> None:
    """Import services and requests from a GeoReport v2 server at URL.

    Adds services that do not exist here. Each request is routed by the rules here and gets a new
    number; the old number still finds it. Run the command again to continue after an
    interruption, or to import new and changed requests.

    \b
    Example:
      open311 import-requests https://311.example.org/open311/v2 --from 2024-01-01
    """
    jurisdiction = get_jurisdiction(jurisdiction_id)
    source = RemoteServer(
        outgoing_session(allow_private=allow_private), normalized_address(url), source_jurisdiction
    )
    find_endpoint(source)
    run, ahead = _plan(jurisdiction, source.name, first, last)
    with _report(report_file, resumed=ahead.start > run.requested_from) as tally:
        if ahead.start > run.requested_from:
            click.echo(f"Continuing at {ahead.start:%Y-%m-%d %H:%M:%S} UTC.")
        _import_services(jurisdiction, source, tally)
        _import_service_requests(jurisdiction, source, run, ahead, (window_days, statuses), tally)
        if tally.imported:
            analyze_imported()


def _plan(
    jurisdiction: Scope, source: str, first: datetime | None, last: datetime | None
) -> tuple[ImportRun, Window]:
    """Return the run and the period that remains to be imported."""
    zone = jurisdiction.zone
    now = datetime.now(UTC).replace(microsecond=0)
    today = now.astimezone(zone)
    asked = _midnight(first, zone) if first else None
    until = min(now, _midnight(last + timedelta(days=1), zone)) if last else now
    progress = find_progress(jurisdiction.jurisdiction_id, source)
    requested_from, begin = begin_at(
        asked,
        _midnight(today - timedelta(days=DEFAULT_DAYS), zone),
        (progress.requested_from, progress.done_until) if progress else None,
        until,
    )
    if begin >= until:
        raise click.UsageError("--from must not be later than --until, or in the future.")
    return ImportRun(source, requested_from), Window(begin, until)


def _midnight(day: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(day.date(), time(), zone).astimezone(UTC)


@contextmanager
def _report(file: Path | None, *, resumed: bool) -> Iterator[Tally]:
    """Yield the tally, appending to the CSV of a resumed run; print the summary at the end.

    The summary is also printed if the import stops early, because finished rows are kept.
    """
    try:
        opened = (file or Path(os.devnull)).open(
            "a" if resumed else "w", encoding="utf-8", newline=""
        )
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    with opened:
        tally = Tally(opened)
        try:
            yield tally
        finally:
            for line in tally.summary() if tally.has_begun else ():
                click.echo(line)


def _import_services(jurisdiction: Scope, source: RemoteServer, tally: Tally) -> None:
    known = list_service_codes(jurisdiction.jurisdiction_id)
    services, skipped = read_services(source, known, lambda rows: with_progress(rows, "Services"))
    tally.add_services(import_catalog(jurisdiction.jurisdiction_id, services), skipped)


def _import_service_requests(
    jurisdiction: Scope,
    source: RemoteServer,
    run: ImportRun,
    ahead: Window,
    reading: tuple[int, Mapping[str, str]],
    tally: Tally,
) -> None:
    """Import a period; reading is the number of days of a query, and statuses here by theirs."""
    window_days, words = reading
    asked_for = Window(run.requested_from, ahead.end)
    running = RunningImport(jurisdiction, run)
    with click.progressbar(
        length=_seconds(ahead),
        label="Service requests",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        for fetched in walk(source, ahead, window_days, jurisdiction.zone, words):
            tally.read(fetched)
            rows = [row for row in fetched.rows if asked_for.holds(row.requested)]
            others = [row for row in fetched.rows if not asked_for.holds(row.requested)]
            tally.leave_out(others)
            for piece, done_until in pieces(rows, fetched.window, MOST_ROWS_AT_ONCE):
                finished = done_until == ahead.end
                tally.add(running.store(piece, None if finished else done_until))
            bar.update(_seconds(fetched.window))
            if bar.hidden:  # a log has lines instead of a bar
                done = f"{fetched.window.end:%Y-%m-%d}: {tally.imported} imported"
                click.echo(f"{done}, {tally.skipped.total()} skipped.", err=True)


def _seconds(window: Window) -> int:
    return int((window.end - window.start).total_seconds())
