"""make bench-insights: CPU of each page of figures and each measure of /stats, in a large city.

python -m benchmarks.insights [ROWS]. The facts are made by PostgreSQL, in Lancaster's services,
departments, and boundaries, over five years. Times are CPU seconds, of this process and of
PostgreSQL, so that other work of the machine does not count.
"""

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.run import SETTINGS, command
from benchmarks.servers import ROOT
from local.cluster import throwaway_cluster
from open311.app import create_app
from open311.database import db
from open311.operations.insights import check_days
from open311.queries.city import City
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.visibility import Audience
from open311.web.freshness import snapshots
from open311.web.insights.asked import period_of, read_filters
from open311.web.insights.figure import Page
from open311.web.insights.links import Links
from open311.web.insights.pages import SECTIONS
from open311.web.insights.public_page import public_page
from open311.web.insights.view import View

ROWS = 1_000_000
BOUND = 1.0  # seconds of CPU
TICKS = os.sysconf("SC_CLK_TCK")  # per second

# One request every few minutes in five years, closed after a time that depends on its service. Of a
# hundred, two are never closed, and three are duplicates.
FACTS = """
    INSERT INTO request_facts
    SELECT 100000000 + number, service.jurisdiction_id, number %% 33 > 0, service.id,
        department.id, (ARRAY['api', 'website', 'phone'])[1 + number %% 3],
        CASE WHEN closed IS NULL THEN 'open' WHEN number %% 33 = 7 THEN 'duplicate'
            ELSE 'fixed' END,
        requested, least(closed, requested + interval '1 hour' * (number %% 48)), closed, 0, false,
        due, due, NULL, 0, NULL,
        inside.ids,
        CASE WHEN closed IS NULL THEN ARRAY[requested] ELSE ARRAY[requested, closed] END,
        CASE WHEN closed IS NULL THEN ARRAY[1] ELSE ARRAY[1, 2] END,
        CASE WHEN closed IS NULL THEN ARRAY[department.id] ELSE ARRAY[department.id, department.id]
        END
    FROM generate_series(1, %(rows)s) AS number
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM services) AS service
        ON service.place = 1 + number %% (SELECT count(*) FROM services)
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM departments) AS department
        ON department.place = 1 + service.place %% (SELECT count(*) FROM departments)
    JOIN (
        SELECT place, ARRAY(SELECT ids[1 + place * 7919 %% cardinality(ids)] FROM (
            SELECT array_agg(id ORDER BY id) AS ids FROM boundaries GROUP BY set_id) AS layers
        ) AS ids FROM generate_series(0, 996) AS place
    ) AS inside ON inside.place = number %% 997
    CROSS JOIN LATERAL (SELECT date_trunc('second', now()
        - interval '5 years' * (1 - number / %(rows)s::float8)) AS requested) AS begun
    CROSS JOIN LATERAL (SELECT requested + date_trunc('second', interval '1 day' * service.place
        * -ln((1 + number %% 9973 * 7919 %% 9973) / 9974::float8)) AS at) AS ended
    CROSS JOIN LATERAL (SELECT CASE WHEN number %% 50 > 0 AND at < now() THEN at END AS closed,
        requested + interval '2 days' * service.place AS due) AS made
"""
FOLDED = """
    INSERT INTO figure_states
    SELECT DISTINCT jurisdiction_id, (SELECT coalesce(max(change_number), 0) FROM service_requests)
    FROM request_facts
    ON CONFLICT (jurisdiction_id) DO UPDATE SET change_number = excluded.change_number
"""
MEASURES = (
    *("flow", "time-to-close", "first-action", "promises", "outcomes", "transfers", "reopened"),
    "duplicates",
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
    """Fill a new database with facts, and the sums of their days."""
    environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secrets.token_hex()}
    command(environment, "db", "upgrade")
    command(environment, "seed", str(ROOT / "seed_data/lancaster"))
    fill(url, rows)


def fill(url: str, rows: int) -> None:
    """Replace the facts of a database by those of a large city, with the sums of their days."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE request_facts, figure_days")
        connection.execute(FACTS, {"rows": rows})
        connection.execute(FOLDED)
        connection.execute("VACUUM ANALYZE")
    app = create_app({"DATABASE_URL": url, "OPEN311_STATEMENT_SECONDS": "25"})
    with app.app_context():
        end = datetime.now(UTC).date() + timedelta(days=2)
        check_days(get_jurisdiction(None), date(1970, 1, 1), end)
        db.engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def measure_all(url: str) -> None:
    """Print the CPU of each page and measure."""
    key = command({**os.environ, "DATABASE_URL": url}, "keys", "create", "bench", "--may", "staff")
    app = create_app({"DATABASE_URL": url, "OPEN311_STATEMENT_SECONDS": "25"})
    print(f"{'CPU seconds':60}{'Python':>8}{'PG':>8}{'both':>8}")
    with app.app_context(), psycopg.connect(url, autocommit=True) as watcher:
        city = snapshots().current().cities[get_jurisdiction(None).jurisdiction_id]
        for name, section in SECTIONS.items():
            for asked in ({}, {"service_code": [city.listed_services[0]["service_code"]]}):
                show = partial(_show, app, city, section.show, asked)
                _print_line(watcher, f"staff: {name} {'of a service' if asked else ''}", show)
        _print_line(watcher, "public page", partial(_show, app, city, public_page, None))
        client = app.test_client()
        for path in paths(key.split()[-1]):
            shown = path.replace(key.split()[-1], "KEY")
            _print_line(watcher, shown, partial(_get, client, path))
        db.session.remove()
        db.engine.dispose()


def _show(
    app: Flask, city: City, show: Callable[[View], Page], asked: dict[str, list[str]] | None
) -> None:
    """Read all that a page shows; of the public if asked is None."""
    with app.test_request_context("/"):
        audience = Audience.PUBLIC if asked is None else Audience.STAFF
        filters = read_filters(city, asked or {})
        links = Links(lambda **_more: "/", lambda _key: "/")
        period = period_of(city, filters.asked)
        show(View(city, audience, filters, period, datetime.now(UTC), links))


def _get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.text[:500]}"


def paths(key: str) -> Iterator[str]:
    """Yield the figures of the API: of the usual 84 days, of a year, and those that are special."""
    for measure in MEASURES:
        for by in ("city", "service", "ward"):
            yield f"/stats/{measure}.json?by={by}&api_key={key}"
    year = f"from={datetime.now(UTC).date() - timedelta(days=365)}&period=all&api_key={key}"
    for measure in MEASURES:
        yield f"/stats/{measure}.json?by=service&{year}"
    yield f"/stats/flow.json?by=channel&api_key={key}"
    yield f"/stats/time-to-close.json?by=service&of=period&api_key={key}"


def _print_line(watcher: psycopg.Connection, name: str, run: Callable[[], None]) -> None:
    """Run something twice, and print the CPU of the second time."""
    run()
    before, of_database = time.process_time(), _database_seconds(watcher)
    run()
    own = time.process_time() - before
    after = _database_seconds(watcher)
    theirs = sum(seconds - of_database.get(pid, 0) for pid, seconds in after.items())
    total = own + theirs
    above = "  above" if total > BOUND else ""
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
