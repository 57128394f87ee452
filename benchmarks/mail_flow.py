"""make bench-mail: how long 5,000 emails take, and whether other answers become slower.

Each round answers the same requests twice: first with nothing else to do, then while the workers
of gunicorn send the emails of reports that were posted before. The rounds alternate, so that other
work on the machine slows both alike.
"""

import itertools
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from benchmarks.clients import client_of
from benchmarks.data import fill
from benchmarks.rows import API
from benchmarks.run import SETTINGS, command, load_of_machine
from benchmarks.servers import ENDS_WITH_THIS, ROOT, get, post, running_product
from local.cluster import Cluster, throwaway_cluster

ROWS = 50_000
ROUNDS, EMAILS = 5, 1_000  # emails of each round
RATE, CLIENTS = 20, 8  # requests a second, by clients that wait for one answer each
QUIET_SECONDS, LONGEST = 30, 300
TARGET_SECONDS, TARGET_RATIO = 180, 1.2  # for all emails; of the 95th percentiles


def main() -> None:
    """Post reports, send their emails beside other requests, and print the figures."""
    with throwaway_cluster(SETTINGS, Path(tempfile.gettempdir())) as cluster, _sink() as port:
        report(*measure(cluster, port))


@contextmanager
def _sink() -> Iterator[int]:
    """Run a mail server that takes everything, in a process of its own; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    program = (sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}")
    arguments = (*ENDS_WITH_THIS, *program, "-c", "aiosmtpd.handlers.Sink")
    process = subprocess.Popen(arguments)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def measure(cluster: Cluster, mail_port: int) -> tuple[list[float], list[float], list[float]]:
    """Return the seconds of quiet answers, of answers beside emails, and of all emails by round."""
    url, secret_key = cluster.create_database("mail"), secrets.token_hex()
    environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
    command(environment, "db", "upgrade")
    command(environment, "seed", str(ROOT / "seed_data/lancaster"))
    fill(url, ROWS)
    command(environment, "maintenance")
    api_key = command(environment, "keys", "create", "benchmarks").split()[-1]
    mail = {
        "OPEN311_MAIL": f"smtp://127.0.0.1:{mail_port}",
        "OPEN311_MAIL_FROM": "Benchmark <311@example.org>",
        "OPEN311_MAIL_PER_HOUR": "1000000",
        "OPEN311_PUBLIC_URL": "http://127.0.0.1",
    }
    quiet: list[float] = []
    busy: list[float] = []
    whole: list[float] = []
    numbers = itertools.count(1)
    with psycopg.connect(url, autocommit=True) as connection:
        for _round in range(ROUNDS):
            connection.execute("VACUUM ANALYZE")
            with running_product(url, secret_key, mail) as server:
                _post(server.port, api_key, numbers)
                quiet += _answers(server.port, QUIET_SECONDS)
            done = _sent(connection) + EMAILS
            with running_product(url, secret_key, {**mail, "OPEN311_JOBS": "inside"}) as server:
                started = time.monotonic()
                while (before := _sent(connection)) < done:
                    if time.monotonic() > started + LONGEST:
                        raise SystemExit(f"Only {before} of {done} emails after {LONGEST} s.")
                    busy += _answers(server.port, 2)
                whole.append(time.monotonic() - started)
            print(
                f"{EMAILS:,} emails in {whole[-1]:.0f} s; 95th percentiles of all rounds so far:"
                f" {1000 * _percentile(quiet):.1f} ms alone, {1000 * _percentile(busy):.1f} ms"
                f" beside emails. {load_of_machine()}",
                flush=True,
            )
    return quiet, busy, whole


def _post(port: int, api_key: str, numbers: Iterator[int]) -> None:
    """Post the reports of a round, each of another requester."""
    messages = [post(f"{API}/requests.json", _form(api_key, next(numbers))) for _ in range(EMAILS)]
    with client_of(port) as client:
        for message in messages:
            client.send(message)


def _form(api_key: str, number: int) -> str:
    return urlencode(
        {
            "api_key": api_key,
            "service_code": "POTHOLE",
            "lat": f"{39.70 + 0.02 * (number * 0.618 % 1):.6f}",
            "long": f"{-82.61 + 0.02 * (number * 0.414 % 1):.6f}",
            "description": f"Report {number} of a hole as deep as a hand, near the corner.",
            "attribute[POSITION]": "LANE",
            "email": f"resident{number}@example.org",
        }
    )


def _answers(port: int, seconds: float) -> list[float]:
    """Ask at a steady rate for some seconds; return how late each answer was, in seconds."""
    paths = (f"{API}/requests.json?page_size=50", f"{API}/requests/20-{ROWS // 2:07}.json")
    started = time.perf_counter()

    def ask(client_number: int) -> list[float]:
        late = []
        with client_of(port) as client:
            for number in range(client_number, int(RATE * seconds), CLIENTS):
                due = started + number / RATE
                time.sleep(max(0, due - time.perf_counter()))
                client.send(get(paths[number % len(paths)]))
                late.append(time.perf_counter() - due)
        return late

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [one for late in pool.map(ask, range(CLIENTS)) for one in late]


def _sent(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT count(*) FROM messages WHERE state = 'sent'")
    return int(found.fetchall()[0][0])


def report(quiet: list[float], busy: list[float], whole: list[float]) -> None:
    """Print the figures, and what is above its target."""
    ratio = _percentile(busy) / _percentile(quiet)
    seconds = sum(whole)
    for name, taken in (("alone", quiet), ("beside emails", busy)):
        median = statistics.median(taken)
        print(
            f"{RATE} requests a second, {name}: median {1000 * median:.1f} ms, 95th percentile"
            f" {1000 * _percentile(taken):.1f} ms, {len(taken):,} answers"
        )
    print(f"95th percentile: ratio {ratio:.2f}, target {TARGET_RATIO}{_mark(ratio, TARGET_RATIO)}")
    print(
        f"{ROUNDS * EMAILS:,} emails: {seconds:.0f} s, target {TARGET_SECONDS} s"
        f"{_mark(seconds, TARGET_SECONDS)}"
    )


def _percentile(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def _mark(found: float, target: float) -> str:
    return "  TOO SLOW" if found > target else ""


if __name__ == "__main__":
    main()
