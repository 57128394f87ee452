"""make bench-pages: walk the pages of staff, and print what each takes and which are too slow.

python -m benchmarks.staff_pages [ROWS] [--washington]. Every page of the URL map is walked that has
an example in the database. The requests are generated ones of the example city, or Washington's
(../shared/data).
"""

import argparse
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import requests
from werkzeug.routing import Rule

from benchmarks.data import fill
from benchmarks.figures import Figures, Statements, measure
from benchmarks.rows import Row
from benchmarks.run import SETTINGS, command, sign_in
from benchmarks.servers import ROOT, Server, get, running_product
from local.cluster import throwaway_cluster
from local.demo_dc import DATA
from local.washington import write_demo_folder
from open311.app import create_app

ROWS = 500_000
BOUND, LIST_BOUND = 300, 150  # ms of a page, and of the list of requests
LISTS = ("/staff/requests", "/staff/requests/list")
SCRIPTS_ONLY = ("outlook", "questions", "suggestions", "token", "sw.js", "labels", "counts", "back")
FILES = (".csv", ".geojson", "export", "photos", "tiles", "logo")
"""Parts of paths that scripts or programs ask for, and that are no pages."""

SEARCHES = (
    *("status=open", "status=closed", "overdue=true", "channel=phone", "assigned_to=nobody"),
    *("q=street", "q=report", "q=nowhere", "sort=due", "sort=requested_datetime"),
    *(
        "bbox=-82.62,39.69,-82.58,39.73",
        "bbox=-77.05,38.88,-77.0,38.92",
        "status=open&near_border=true",
    ),
)
"""Queries of the list: what people filter by, one city's box, and the other's."""

EXAMPLES = {
    "change_id": "SELECT max(id) FROM bulk_changes",
    "set_id": "SELECT max(id) FROM boundary_sets",
    "service_code": "SELECT min(service_code) FROM services",
    "service_request_id": "SELECT max(service_request_id) FROM service_requests WHERE public",
}
"""Statements that find a value of a part of a path, by its name."""

HEADING = f"""\
Milliseconds of an answer over HTTP. CPU: of the server's processes. SQL: statements. PG: planning
and execution in PostgreSQL. PG CPU: of its processes. kB: the page without compression. Above: the
fastest answer took more than {BOUND} ms, or {LIST_BOUND} for the list, and so does the CPU of both:
other work of the machine does not count.
{"":60}{"median":>8}{"minimum":>8}{"CPU":>8}{"SQL":>6}{"PG":>8}{"PG CPU":>8}{"kB":>8}"""


def main() -> None:
    """Fill a throwaway database, walk the pages, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=ROWS, help=f"by default {ROWS:,}")
    parser.add_argument("--washington", action="store_true", help="Washington's requests instead")
    given = parser.parse_args()
    with throwaway_cluster(SETTINGS, Path(tempfile.gettempdir())) as cluster:
        url, secret_key = cluster.create_database("pages"), secrets.token_hex()
        environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
        password = prepare(environment, None if given.washington else given.rows)
        with (
            running_product(url, secret_key) as server,
            psycopg.connect(cluster.url("postgres"), autocommit=True) as counter,
        ):
            walk(server, environment, sign_in(server, password), Statements(counter, "pages"))


def prepare(environment: dict[str, str], rows: int | None) -> str:
    """Fill a database, and return an administrator's password.

    The requests are Washington's if rows is None.
    """
    url = environment["DATABASE_URL"]
    environment = {**environment, "OPEN311_STATEMENT_SECONDS": "25"}  # for a busy machine
    command(environment, "db", "upgrade")
    if rows is None:
        with tempfile.TemporaryDirectory() as folder:
            write_demo_folder(DATA, Path(folder))
            command(environment, "seed", folder)
    else:
        command(environment, "seed", str(ROOT / "seed_data/lancaster"))
        fill(url, rows)
    command(environment, "maintenance")  # totals for maps
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    user = ("users", "create", "benchmarks", "--role", "administrator", "--generate")
    return command(environment, *user).split()[-1]


def walk(server: Server, environment: dict[str, str], cookie: str, counter: Statements) -> None:
    """Print a line for each page of the URL map, and for each search of the list."""
    print(HEADING)
    slow = 0
    for path in paths(environment):
        answer = requests.get(
            server.address + path, headers={"Cookie": cookie}, allow_redirects=False, timeout=60
        )
        if answer.status_code != 200:
            print(f"{path:60} answers {answer.status_code}")
            continue
        message = partial(get, path, f"Cookie: {cookie}\r\n")
        figures = measure(Row(path, message), {"ours": server}, counter)
        slow += _is_slow(figures)
        print(_line(figures), flush=True)
    print(f"{slow} above.")


def paths(environment: dict[str, str]) -> Iterator[str]:
    """Yield the paths of the pages of staff that have an example in the database."""
    os.environ.update(environment)
    rules = sorted(create_app().url_map.iter_rules(), key=lambda rule: rule.rule)
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
        for rule in filter(_is_page, rules):
            path = _filled(rule, connection)
            if path is not None:
                yield path
    yield from (f"{path}?{query}" for query in SEARCHES for path in LISTS[:1])


def _is_page(rule: Rule) -> bool:
    found = rule.rule
    return (
        found.startswith("/staff")
        and "GET" in (rule.methods or ())
        and not any(one in found for one in FILES)
        and not found.endswith(SCRIPTS_ONLY)
        and not (rule.arguments - EXAMPLES.keys())
    )


def _filled(rule: Rule, connection: psycopg.Connection) -> str | None:
    """Return the path with an example for each part; None if there is none."""
    path = rule.rule
    for name in rule.arguments:
        row = connection.execute(EXAMPLES[name]).fetchone()
        if row is None or row[0] is None:
            return None
        path = re.sub(f"<[^>]*{name}>", str(row[0]), path)
    return path


def _is_slow(figures: Figures) -> bool:
    bound = LIST_BOUND if figures.row.name.partition("?")[0] in LISTS else BOUND
    if figures.failure:
        return True
    taken = figures.taken["ours"]
    return 1000 * min(taken.minimum, taken.cpu_each + taken.database_cpu) > bound


def _line(figures: Figures) -> str:
    if figures.failure:
        return f"{figures.row.name:60} no figures: {figures.failure}"
    taken = figures.taken["ours"]
    times = _milliseconds(taken.median, taken.minimum, taken.cpu_each)
    of_database = _milliseconds(taken.database, taken.database_cpu)
    return (
        f"{figures.row.name:60}{times}{taken.statements:6.1f}{of_database}"
        f"{taken.length / 1000:8.1f}{'  above' if _is_slow(figures) else ''}"
    )


def _milliseconds(*seconds: float) -> str:
    return "".join(f"{one * 1000:8.1f}" for one in seconds)


if __name__ == "__main__":
    main()
