"""make bench-mail: how long 5,000 emails take, and whether other answers become slower.

python -m benchmarks.mail_flow [EMAILS]. Then it prints how much longer a POST takes with emails,
and how long one new request takes where 10,000 alerts wait for requests.

Each round answers the same requests twice: first with nothing else to do, then while the server
sends the emails of reports that were posted before. The rounds alternate, so that other
work on the machine slows both alike.
"""

import argparse
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
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from benchmarks.alert_flow import ALERTS, alert_seconds
from benchmarks.clients import Client, client_of
from benchmarks.data import fill
from benchmarks.mail_cost import post_seconds
from benchmarks.rows import API
from benchmarks.run import SETTINGS, command, load_of_machine
from benchmarks.servers import ENDS_WITH_THIS, ROOT, get, post, running_product
from local.cluster import Cluster, throwaway_cluster

ROWS = 50_000
EMAILS, ROUNDS = 5_000, 4  # emails of all rounds
RATE, CLIENTS = 20, 8  # requests a second, by clients that wait for one answer each
QUIET_SECONDS, LONGEST = 20, 300
TARGET_SECONDS, TARGET_RATIO = 180, 1.2  # for 5,000 emails; of the 95th percentiles
ALERT_MILLISECONDS, POST_MILLISECONDS = 20, 1


@dataclass
class Found:
    """Seconds of quiet answers, of answers beside emails, of the emails of each round, of alerts.

    posts are those of POSTs without emails, and with them. matches are the alerts that told of a
    request, on average.
    """

    quiet: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    posts: tuple[list[float], list[float]] = ([0], [0])
    alerts: list[float] = field(default_factory=list)
    matches: float = 0


def main() -> None:
    """Post reports, send their emails beside other requests, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("emails", type=int, nargs="?", default=EMAILS, help=f"by default {EMAILS}")
    emails = parser.parse_args().emails
    with throwaway_cluster(SETTINGS, Path(tempfile.gettempdir())) as cluster, _sink() as port:
        report(measure(cluster, port, emails // ROUNDS), emails // ROUNDS * ROUNDS)


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


def measure(cluster: Cluster, mail_port: int, emails: int) -> Found:
    """Measure all rounds, each with so many emails, and alerts."""
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
    found, forms = Found(), (_form(api_key, number) for number in itertools.count(1))
    with psycopg.connect(url, autocommit=True) as connection:
        for _round in range(ROUNDS):
            connection.execute("VACUUM ANALYZE")
            with running_product(url, secret_key, mail) as server:
                with client_of(server.port) as client:
                    for _email in range(emails):
                        _submit(client, forms)
                found.quiet += _answers(server.port, QUIET_SECONDS)
            done = _sent(connection) + emails
            with running_product(url, secret_key, {**mail, "OPEN311_JOBS": "inside"}) as server:
                _send(server.port, connection, done, found)
            print(
                f"{emails:,} emails in {found.whole[-1]:.0f} s; 95th percentiles of all rounds so"
                f" far: {1000 * _percentile(found.quiet):.1f} ms alone,"
                f" {1000 * _percentile(found.busy):.1f} ms beside emails. {load_of_machine()}",
                flush=True,
            )
        found.posts = post_seconds(url, secret_key, mail, lambda client: _submit(client, forms))
        with running_product(url, secret_key, mail) as server, client_of(server.port) as client:
            found.alerts, found.matches = alert_seconds(
                connection, environment | mail, lambda: _submit(client, forms)
            )
    return found


def _send(port: int, connection: psycopg.Connection, done: int, found: Found) -> None:
    """Ask for answers until so many emails are sent."""
    started = time.monotonic()
    while (before := _sent(connection)) < done:
        if time.monotonic() > started + LONGEST:
            raise SystemExit(f"Only {before} of {done} emails after {LONGEST} s.")
        found.busy += _answers(port, 2)
    found.whole.append(time.monotonic() - started)


def _submit(client: Client, forms: Iterator[str]) -> None:
    """Post a report of another requester."""
    client.send(post(f"{API}/requests.json", next(forms)))


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


def report(found: Found, emails: int) -> None:
    """Print the figures, and what is above its target."""
    ratio = _percentile(found.busy) / _percentile(found.quiet)
    seconds, most = sum(found.whole), TARGET_SECONDS * emails / EMAILS
    for name, taken in (("alone", found.quiet), ("beside emails", found.busy)):
        median = statistics.median(taken)
        print(
            f"{RATE} requests a second, {name}: median {1000 * median:.1f} ms, 95th percentile"
            f" {1000 * _percentile(taken):.1f} ms, {len(taken):,} answers"
        )
    print(f"95th percentile: ratio {ratio:.2f}, target {TARGET_RATIO}{_mark(ratio, TARGET_RATIO)}")
    print(f"{emails:,} emails: {seconds:.0f} s, target {most:.0f} s{_mark(seconds, most)}")
    plain, with_mail = (1000 * statistics.median(taken) for taken in found.posts)
    print(
        f"POST: median {plain:.1f} ms without emails, {with_mail:.1f} ms with them, target"
        f" {POST_MILLISECONDS} ms more{_mark(with_mail - plain, POST_MILLISECONDS)}"
    )
    middle = 1000 * statistics.median(found.alerts)
    print(
        f"A new request and {ALERTS:,} alerts, of which {found.matches:.0f} tell of it: median"
        f" {middle:.1f} ms, target {ALERT_MILLISECONDS} ms{_mark(middle, ALERT_MILLISECONDS)}"
    )


def _percentile(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def _mark(found: float, target: float) -> str:
    return "  TOO SLOW" if found > target else ""


if __name__ == "__main__":
    main()
