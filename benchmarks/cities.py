"""make bench-cities: serve many small cities from one server, and compare it with a single one.

python -m benchmarks.cities [CITIES]. Each is the example city with an id and a host name of
its own.
"""

import argparse
import contextlib
import itertools
import os
import re
import resource
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from benchmarks.clients import Client
from benchmarks.run import SETTINGS, command
from benchmarks.servers import ROOT, Server, running_product
from local.cluster import Cluster, throwaway_cluster
from open311.app import create_app
from open311.operations.imports.seed import load_seed_data
from open311.operations.people.api_keys import create_api_key
from open311.seed_folder.read import read_seed_folder

CITIES = 300
EXAMPLE = ROOT / "seed_data/lancaster"
ROUNDS = 5
"""How often each city is asked after the first time."""

LEAST_ASKED = 300
"""HTTP requests of each kind, however few cities there are."""

HEADING = f"""\
Milliseconds of an answer over HTTP, to one client that asks the cities in turn. First: the first
answer of a city in each worker, which reads what the city has. MB: memory of all processes,
shared pages counted once.
{"":34}{"first":>9}{"median":>9}{"95 %":>9}"""


@dataclass(frozen=True)
class City:
    """A city of the server."""

    id: str
    key: str

    @property
    def host(self) -> str:
        """The host name of its website."""
        return f"{self.id}.test"


def main() -> None:
    """Measure one city, and then many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cities", type=int, nargs="?", default=CITIES, help=f"by default {CITIES}")
    number = parser.parse_args().cities
    with throwaway_cluster(SETTINGS, Path(tempfile.gettempdir())) as cluster:
        for cities in (1, number):
            measure(cluster, cities)


def measure(cluster: Cluster, number: int) -> None:
    """Fill a database with so many cities, serve them, and print the figures."""
    url, secret_key = cluster.create_database(f"cities_{number}"), secrets.token_hex()
    environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
    command(environment, "db", "upgrade")
    began = time.monotonic()
    cities = list(_add_cities(environment, number))
    print(f"\n{number} cities, added in {time.monotonic() - began:.0f} s.", flush=True)
    before = _cpu_of_children()
    command(environment, "maintenance")
    print(f"Nightly maintenance: {_cpu_of_children() - before:.1f} s of CPU.")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    began = time.monotonic()
    with running_product(url, secret_key) as server:
        print(f"Started in {time.monotonic() - began:.1f} s: {server.cpu_seconds():.1f} s of CPU.")
        print(HEADING)
        for name, message in ROWS.items():
            print(_line(name, server, cities, message), flush=True)
        print(f"POST after a change of any city: {_after_changes(url, server, cities):.0f} ms.")
        print(f"{_megabytes(server):.0f} MB after all of it.", flush=True)


def _add_cities(environment: dict[str, str], number: int) -> Iterator[City]:
    with tempfile.TemporaryDirectory() as made, create_app(environment).app_context():
        for place in range(number):
            folder = Path(made, f"city{place}")
            shutil.copytree(EXAMPLE, folder)
            city = City(f"city-{place}", secrets.token_hex())
            _replace(folder / "jurisdiction.toml", r'jurisdiction_id = ".*"', city.id)
            _replace(folder / "site.toml", r'# host = ".*"', city.host)
            load_seed_data(read_seed_folder(folder))
            create_api_key(city.id, "benchmarks", city.key)
            shutil.rmtree(folder)
            yield city


def _replace(file: Path, line: str, value: str) -> None:
    """Replace the value of a line in a TOML file, and uncomment it."""
    name = line.split(" = ")[0].removeprefix("# ")
    text, count = re.subn(line, f'{name} = "{value}"', file.read_text())
    if count != 1:
        raise SystemExit(f"{file.name} has no line {line}.")
    file.write_text(text)


_numbers = itertools.count()


def _discovery(city: City) -> bytes:
    return _get(city, "/open311/discovery.json")


def _list(city: City) -> bytes:
    return _get(city, f"/open311/v2/requests.json?jurisdiction_id={city.id}&page_size=50")


def _services(city: City) -> bytes:
    return _get(city, f"/open311/v2/services.json?jurisdiction_id={city.id}")


def _get(city: City, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {city.host}\r\n\r\n".encode()


def _report(city: City) -> bytes:
    number = next(_numbers)
    form = urlencode(
        {
            "jurisdiction_id": city.id,
            "api_key": city.key,
            "service_code": "POTHOLE",
            "lat": 39.70 + 0.02 * (number * 0.7548776662 % 1),
            "long": -82.62 + 0.03 * (number * 0.5698402910 % 1),
            "description": f"Report {number} of a resident.",
        }
    )
    head = (
        f"POST /open311/v2/requests.json HTTP/1.1\r\nHost: {city.host}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    return f"{head}{form}".encode("ascii")


ROWS: dict[str, Callable[[City], bytes]] = {
    "discovery, by host name": _discovery,
    "services": _services,
    "POST with everything stored": _report,
    "list of 50": _list,
}


def _line(
    name: str, server: Server, cities: Sequence[City], message: Callable[[City], bytes]
) -> str:
    with contextlib.closing(Client(server.port)) as client:
        first = [_milliseconds(client, message(city)) for city in cities]
        rounds = max(ROUNDS, LEAST_ASKED // len(cities))
        later = [_milliseconds(client, message(city)) for _ in range(rounds) for city in cities]
    *_others, most = statistics.quantiles(later, n=20)
    return f"{name:34}{statistics.median(first):9.2f}{statistics.median(later):9.2f}{most:9.2f}"


def _after_changes(url: str, server: Server, cities: Sequence[City]) -> float:
    """Return the median of a POST right after a department of another city was renamed."""
    found = []
    with (
        contextlib.closing(Client(server.port)) as client,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        for place in range(2 * ROUNDS):
            connection.execute(
                "UPDATE departments SET name = name || '.' WHERE jurisdiction_id = %s",
                [cities[-place % len(cities)].id],
            )
            found.append(_milliseconds(client, _report(cities[place % len(cities)])))
    return statistics.median(found)


def _milliseconds(client: Client, message: bytes) -> float:
    began = time.perf_counter()
    client.send(message)
    return 1000 * (time.perf_counter() - began)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _megabytes(server: Server) -> float:
    """Return the proportional memory of a server and its workers."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    found = (Path(f"/proc/{one}/smaps_rollup").read_text() for one in [*children, server.pid])
    return sum(int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0]) for text in found) / 1000


if __name__ == "__main__":
    main()
