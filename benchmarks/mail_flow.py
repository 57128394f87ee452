"""make bench-mail: how long 5,000 emails take, and whether other answers become slower.

python -m benchmarks.mail_flow [EMAILS]. Then it prints how much longer a POST takes with emails,
and how long one new request takes where 10,000 alerts wait for requests.

One server answers the same requests for some seconds while the process of jobs sends emails, and
for some seconds while that process is stopped, in turn. So caches and other work on the machine
are the same for both. The mail server is one of this machine, which has none in production: it
yields the processor.
"""

import argparse
import itertools
import os
import secrets
import signal
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
from benchmarks.clients import WARM_SECONDS, Client, client_of
from benchmarks.data import fill
from benchmarks.job_flow import job_seconds
from benchmarks.mail_cost import post_seconds
from benchmarks.rows import API
from benchmarks.run import SETTINGS, command, load_of_machine
from benchmarks.servers import (
    ENDS_WITH_THIS,
    PROGRAMS,
    ROOT,
    cpu_seconds_of,
    get,
    post,
    running_product,
)
from local.cluster import Cluster, throwaway_cluster

ROWS = 50_000
EMAILS, ROUNDS = 5_000, 4  # emails of all rounds
RATE, CLIENTS = 20, 8  # requests a second, by clients that wait for one answer each
WINDOW, LONGEST = 4, 300  # seconds of answers before the other kind, and of emails at most
SENDER = "sender"  # the name of its connections
TARGET_SECONDS, TARGET_RATIO = 180, 1.2  # for 5,000 emails; of the 95th percentiles
ALERT_MILLISECONDS, POST_MILLISECONDS = 20, 1


@dataclass
class Found:
    """Seconds of quiet answers, of answers beside emails, of the emails of each round, of alerts.

    cpu are those of an email, by process. posts are those of POSTs without emails, and with them.
    matches are the alerts that told of a request, on average. job is that of a job that does
    nothing, and its CPU.
    """

    quiet: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    posts: tuple[list[float], list[float]] = ([0], [0])
    alerts: list[float] = field(default_factory=list)
    matches: float = 0
    cpu: dict[str, float] = field(default_factory=dict)
    job: tuple[float, float] = (0, 0)


def main() -> None:
    """Post reports, send their emails beside other requests, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("emails", type=int, nargs="?", default=EMAILS, help=f"by default {EMAILS}")
    emails = parser.parse_args().emails
    with throwaway_cluster(SETTINGS, Path(tempfile.gettempdir())) as cluster, _sink() as sink:
        report(measure(cluster, sink, emails // ROUNDS), emails // ROUNDS * ROUNDS)


@dataclass(frozen=True)
class Sink:
    """A mail server on a port of this machine."""

    port: int
    pid: int


@contextmanager
def _sink() -> Iterator[Sink]:
    """Run a mail server that takes everything, in a process of its own that yields to others."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    program = (sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}")
    arguments = (*ENDS_WITH_THIS, "nice", "-n", "19", *program, "-c", "aiosmtpd.handlers.Sink")
    process = subprocess.Popen(arguments)
    try:
        yield Sink(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def measure(cluster: Cluster, sink: Sink, emails: int) -> Found:
    """Measure all rounds, each with so many emails, and alerts."""
    url, secret_key = cluster.create_database("mail"), secrets.token_hex()
    environment = {**os.environ, "DATABASE_URL": url, "OPEN311_SECRET_KEY": secret_key}
    command(environment, "db", "upgrade")
    command(environment, "seed", str(ROOT / "seed_data/lancaster"))
    fill(url, ROWS)
    command(environment, "maintenance")
    api_key = command(environment, "keys", "create", "benchmarks").split()[-1]
    mail = {
        "OPEN311_MAIL": f"smtp://127.0.0.1:{sink.port}",
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
                done = _sent(connection) + emails
                with _sender(environment | mail) as sender:
                    _send(server.port, connection, done, found, (sender, sink.pid))
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
        found.job = job_seconds(environment)
    return found


@contextmanager
def _sender(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run jobs in a process of their own, which is the same as that of gunicorn."""
    program = (*ENDS_WITH_THIS, str(PROGRAMS / "open311"), "jobs", "run")
    process = subprocess.Popen(program, env={**environment, "PGAPPNAME": SENDER}, cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait()


def _send(
    port: int,
    connection: psycopg.Connection,
    done: int,
    found: Found,
    processes: tuple[subprocess.Popen[bytes], int],
) -> None:
    """Ask for answers until so many emails are sent, in turn beside the sender and without it."""
    sender, sink = processes
    first, started = _sent(connection), time.monotonic()
    while _sent(connection) == first:  # it has to import what it needs
        time.sleep(0.1)
        if time.monotonic() > started + LONGEST:
            raise SystemExit(f"No email after {LONGEST} s.")
    whole, before, first = 0.0, _cpu(connection, sender.pid, sink), _sent(connection)
    while (sent := _sent(connection)) < done:
        if whole > LONGEST:
            raise SystemExit(f"Only {sent} of {done} emails after {LONGEST} s.")
        began = time.monotonic()
        found.busy += _answers(port, WINDOW)
        whole += time.monotonic() - began
        sender.send_signal(signal.SIGSTOP)
        found.quiet += _answers(port, WINDOW)
        sender.send_signal(signal.SIGCONT)
    after = _cpu(connection, sender.pid, sink)
    emails = sent - first
    found.cpu = {name: (after[name] - before[name]) / emails for name in after}
    found.whole.append(whole)


def _cpu(connection: psycopg.Connection, sender: int, sink: int) -> dict[str, float]:
    """Return the seconds of CPU that each process has taken for emails so far."""
    backends = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
    rows = connection.execute(backends, [SENDER]).fetchall()
    return {
        "the sender": cpu_seconds_of(sender),
        "PostgreSQL": sum(cpu_seconds_of(pid) for (pid,) in rows),
        "the mail server": cpu_seconds_of(sink),
    }


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
    """Ask at a steady rate for some seconds; return how late each answer was, in seconds.

    All clients are connected before, and have got an answer.
    """
    paths = (f"{API}/requests.json?page_size=50", f"{API}/requests/20-{ROWS // 2:07}.json")
    started = time.perf_counter() + WARM_SECONDS

    def ask(client_number: int) -> list[float]:
        late = []
        with client_of(port) as client:
            client.send(get(paths[client_number % len(paths)]))
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
    each = ", ".join(f"{1000 * cpu:.1f} ms of {name}" for name, cpu in found.cpu.items())
    print(f"CPU of an email in the last round: {each}")
    whole, cpu = found.job
    print(f"Jobs that do nothing: {1 / whole:.0f} a second, {1000 * cpu:.1f} ms of CPU each")
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
