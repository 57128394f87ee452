"""make bench-insights: CPU of each page of figures and each measure of /stats, in a large city.

python -m benchmarks.insights [ROWS]. The facts are made by PostgreSQL, in Lancaster's services,
departments, and boundaries, over five years. Times are CPU seconds, of this process and of
PostgreSQL, so that other work of the machine does not count. Five million facts need about 4 GB of
disk.
"""

import argparse
import math
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.insights_data import fill
from benchmarks.run import SETTINGS, command
from benchmarks.servers import ROOT
from local.cluster import throwaway_cluster
from open311.app import create_app
from open311.database import db
from open311.jobs.places import keep_places
from open311.queries.city import City
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.visibility import Audience
from open311.web.freshness import snapshots
from open311.web.insights.asked import WEEKS, period_of, read_filters
from open311.web.insights.figure import Page
from open311.web.insights.links import Links
from open311.web.insights.pages import SECTIONS
from open311.web.insights.public_page import public_page
from open311.web.insights.view import View

ROWS = 1_000_000
BOUND = 1.0  # seconds of CPU
TICKS = os.sysconf("SC_CLK_TCK")  # per second

MEASURES = (
    *("flow", "time-to-close", "first-action", "promises", "outcomes", "transfers", "reopened"),
    *("duplicates", "time-to-fix"),
)


def main() -> None:
    """Make a city, and print a line for each page and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=ROWS, help=f"by default {ROWS:,}")
    rows = parser.parse_args().rows
    with throwaway_cluster(SETTINGS, Path(tempfile.gettempdir())) as cluster:
        url = cluster.create_database("figures")
        prepare(url, rows)
        measure_all(url)


def prepare(url: str, rows: int) -> None:
    """Fill a new database with facts, sums of days, and a year's requests."""
    environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secrets.token_hex()}
    command(environment, "db", "upgrade")
    command(environment, "seed", str(ROOT / "seed_data/lancaster"))
    fill(url, rows)


def measure_all(url: str) -> None:
    """Print the CPU of each page and measure."""
    key = command({**os.environ, "DATABASE_URL": url}, "keys", "create", "bench", "--may", "staff")
    app = create_app({"DATABASE_URL": url, "OPEN311_STATEMENT_SECONDS": "25"})
    print(f"{'CPU seconds':60}{'Python':>8}{'PG':>8}{'both':>8}")
    with app.app_context(), psycopg.connect(url, autocommit=True) as watcher:
        city = snapshots().current().cities[get_jurisdiction(None).jurisdiction_id]
        _print_line(watcher, "nightly: places", keep_places, bound=math.inf)
        for name, section in SECTIONS.items():
            for asked in ({}, {"service_code": [city.listed_services[0]["service_code"]]}):
                show = partial(_show, app, city, section.show, asked, section.weeks)
                _print_line(watcher, f"staff: {name} {'of a service' if asked else ''}", show)
        _print_line(watcher, "public page", partial(_show, app, city, public_page, None))
        client = app.test_client()
        for path in paths(key.split()[-1], city.listed_services[0]["service_code"]):
            shown = path.replace(key.split()[-1], "KEY")
            _print_line(watcher, shown, partial(_get, client, path))
        db.session.remove()
        db.engine.dispose()


def _show(
    app: Flask,
    city: City,
    show: Callable[[View], Page],
    asked: dict[str, list[str]] | None,
    weeks: int = WEEKS,
) -> None:
    """Read all that a page shows; of the public if asked is None."""
    with app.test_request_context("/"):
        audience = Audience.PUBLIC if asked is None else Audience.STAFF
        filters = read_filters(city, asked or {})
        links = Links(lambda **_more: "/", lambda _key: "/")
        period = period_of(city, filters.asked, weeks)
        show(View(city, audience, filters, period, datetime.now(UTC), links))


def _get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.text[:500]}"


def paths(key: str, service_code: str) -> Iterator[str]:
    """Yield the figures of the API: of the usual 84 days, of a year, and those that are special."""
    for measure in MEASURES:
        for by in ("city", "service", "ward"):
            yield f"/stats/{measure}.json?by={by}&api_key={key}"
    year = f"from={datetime.now(UTC).date() - timedelta(days=365)}&period=all&api_key={key}"
    for measure in MEASURES:
        yield f"/stats/{measure}.json?by=service&{year}"
    yield f"/stats/flow.json?by=channel&api_key={key}"
    yield f"/stats/time-to-close.json?by=service&of=period&api_key={key}"
    yield f"/stats/came-back.json?service_code={service_code}&api_key={key}"


def _print_line(
    watcher: psycopg.Connection, name: str, run: Callable[[], object], bound: float = BOUND
) -> None:
    """Run something twice, and print the CPU of the second time; what has no bound, once."""
    if bound < math.inf:
        run()
    before, of_database = time.process_time(), _database_seconds(watcher)
    run()
    own = time.process_time() - before
    after = _database_seconds(watcher)
    theirs = sum(seconds - of_database.get(pid, 0) for pid, seconds in after.items())
    total = own + theirs
    above = "  above" if total > bound else ""
    print(f"{name:60}{own:8.2f}{theirs:8.2f}{total:8.2f}{above}", flush=True)


def _database_seconds(watcher: psycopg.Connection) -> dict[int, float]:
    """Return the CPU of each of the database's other processes."""
    pids = watcher.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    ).fetchall()
    return {pid: sum(_ticks(pid)) / TICKS for (pid,) in pids}


def _ticks(pid: int) -> tuple[int, int]:
    fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


if __name__ == "__main__":
    main()
