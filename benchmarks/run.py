"""make bench: measure the hot paths in turn with a lean server, and print what is too slow.

python -m benchmarks.run [ROWS…]. With two numbers of rows, it also prints how the times grow.
"""

import argparse
import contextlib
import os
import re
import secrets
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import requests

from benchmarks.data import fill
from benchmarks.figures import Figures, Statements, measure
from benchmarks.report import growth_lines, heading, lines_of
from benchmarks.rows import rows_of
from benchmarks.servers import PROGRAMS, ROOT, Server, running_lean, running_product, running_tipg
from benchmarks.tipg import install_tipg
from local.cluster import Cluster, throwaway_cluster

ROWS = 200_000

# What is acknowledged is on the disk, as in a city's database.
SETTINGS = (
    *("fsync=on", "synchronous_commit=on", "full_page_writes=on"),
    *("shared_buffers=512MB", "max_wal_size=8GB", "autovacuum=off", "max_connections=100"),
    *("shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track_planning=on"),
)


def main() -> None:
    """Fill a throwaway database for each number of rows, measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", help=f"by default {ROWS:,}")
    sizes = parser.parse_args().rows or [ROWS]
    tipg = install_tipg()
    with throwaway_cluster(SETTINGS, Path(tempfile.gettempdir())) as cluster:
        found = [measure_all(cluster, size, tipg) for size in sizes]
    if len(found) == 2:
        print(*growth_lines(sizes, *found), sep="\n")


def measure_all(cluster: Cluster, rows: int, tipg: Path | None) -> list[Figures]:
    """Fill a database, and measure and print all rows."""
    database, secret_key, started = f"rows_{rows}", secrets.token_hex(), time.monotonic()
    url = cluster.create_database(database)
    environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
    command(environment, "db", "upgrade")
    command(environment, "seed", str(ROOT / "seed_data/lancaster"))
    fill(url, rows)
    command(environment, "maintenance")  # totals for maps
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    key = command(environment, "keys", "create", "benchmarks").split()[-1]
    user = ("users", "create", "benchmarks", "--role", "dispatcher", "--generate")
    password = command(environment, *user).split()[-1]
    print(
        f"{rows:,} service requests, made in {time.monotonic() - started:.0f} s.", load_of_machine()
    )
    with contextlib.ExitStack() as stack:
        servers = {
            "ours": stack.enter_context(running_product(url, secret_key)),
            "lean": stack.enter_context(running_lean(url)),
        }
        if tipg is not None:
            servers["tipg"] = stack.enter_context(running_tipg(tipg, cluster, database))
        counter = stack.enter_context(psycopg.connect(cluster.url("postgres"), autocommit=True))
        statements = Statements(counter, database)
        cookie = sign_in(servers["ours"], password)
        print(*heading(), sep="\n", flush=True)
        found = []
        for row in rows_of(rows // 2, key, cookie):
            found.append(measure(row, servers, statements))
            print(*lines_of(found[-1]), sep="\n", flush=True)
    print(f"Done after {time.monotonic() - started:.0f} s.", load_of_machine(), flush=True)
    return found


def command(environment: dict[str, str], *arguments: str) -> str:
    """Run an open311 command, and return what it prints."""
    program = [str(PROGRAMS / "open311"), *arguments]
    return subprocess.run(
        program, env=environment, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ).stdout


def load_of_machine() -> str:
    """Return how busy the machine is, since that slows down what is measured."""
    return f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."


def sign_in(server: Server, password: str) -> str:
    """Sign in a member of staff, and return the cookie as a header's value."""
    with requests.Session() as session:
        page = session.get(f"{server.address}/staff/sign-in").text
        [csrf_token] = re.findall(r'name="csrf_token" value="([^"]+)"', page)[:1]
        form = {"csrf_token": csrf_token, "name": "benchmarks", "password": password}
        answer = session.post(f"{server.address}/staff/sign-in", form, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        return "; ".join(f"{name}={value}" for name, value in session.cookies.items())


if __name__ == "__main__":
    main()
