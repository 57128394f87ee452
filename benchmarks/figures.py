"""Measurements of one row: in alternating rounds, so that other work slows all servers alike."""

import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psycopg

from benchmarks.clients import AnswerError, Message, client_of, seconds_of, throughput
from benchmarks.rows import Row
from benchmarks.servers import TICKS, Server, times_of

ROUNDS = 9
ROUND_SECONDS = 0.15  # for each server; at least one answer
SLOW, ROUNDS_IF_SLOW = 0.3, 5  # seconds of an answer
CLIENTS, CLIENT_ROUNDS, CLIENT_SECONDS = 8, 5, 1.0
COUNTED, COUNTED_IF_SLOW = 10, 2  # answers whose statements are counted
WARM_CONNECTIONS, WARM_SECONDS = 6, 1.0  # connections, of which each reaches a worker


@dataclass
class Taken:
    """What answers of one server took: seconds, by round, and CPU seconds of all."""

    length: int = 0  # bytes of an answer
    rounds: list[list[float]] = field(default_factory=list)
    cpu: float = 0
    statements: float = 0  # for each answer, without those that begin and end a transaction
    transaction: float = 0  # statements that begin and end a transaction
    database: float = 0  # seconds of planning and execution in PostgreSQL for each answer
    database_cpu: float = 0  # CPU seconds of PostgreSQL's processes for each answer
    rates: list[float] = field(default_factory=list)  # answers per second with several clients

    @property
    def medians(self) -> list[float]:
        return [statistics.median(one) for one in self.rounds]

    @property
    def median(self) -> float:
        """The median of an answer in seconds; 0 if there was none."""
        return statistics.median(self.medians or [0])

    @property
    def minimum(self) -> float:
        return min(min(one) for one in self.rounds)

    @property
    def cpu_each(self) -> float:
        """CPU seconds of the server's processes for each answer."""
        return self.cpu / (sum(map(len, self.rounds)) or 1)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


@dataclass
class Figures:
    """The figures of a row by server (ours, lean, tipg), or why there are none."""

    row: Row
    taken: dict[str, Taken]
    failure: str = ""

    def ratio(self, other: str) -> float | None:
        """Return the median of the ratios to another server, round by round."""
        if other not in self.taken:
            return None
        pairs = zip(self.taken["ours"].medians, self.taken[other].medians, strict=True)
        return _median_ratio(pairs)

    @property
    def ratio_of_minima(self) -> float | None:
        lean = self.taken.get("lean")
        return None if lean is None else self.taken["ours"].minimum / lean.minimum

    @property
    def rate(self) -> float | None:
        """The median ratio of answers per second with several clients."""
        rates = [self.taken[name].rates for name in ("ours", "lean") if name in self.taken]
        if len(rates) < 2 or not rates[0]:
            return None
        return _median_ratio(zip(*rates, strict=True))


def _median_ratio(pairs: Iterable[tuple[float, float]]) -> float:
    return statistics.median(one / another for one, another in pairs)


class Statements:
    """A counter of statements, by the extension pg_stat_statements of the cluster."""

    def __init__(self, connection: psycopg.Connection, database: str) -> None:
        """connection is to another database, so that what it does is not counted."""
        self._connection, self._database = connection, database
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self._track("none")

    def count(self, server: Server, message: Message, taken: Taken) -> None:
        """Count the statements of some answers."""
        with client_of(server.port) as client:
            seconds_of(client, message, 1)
            self._track("top")
            self._connection.execute("SELECT pg_stat_statements_reset()")
            answers = COUNTED_IF_SLOW if taken.median > SLOW else COUNTED
            before = self._cpu_seconds()
            seconds_of(client, message, answers)
            spent = {pid: one - before.get(pid, 0) for pid, one in self._cpu_seconds().items()}
            taken.database_cpu = sum(spent.values()) / answers
            self._track("none")
        row = self._connection.execute(COUNT, [self._database]).fetchone()
        assert row is not None
        taken.statements, taken.transaction, taken.database = (float(n) / answers for n in row)

    def _cpu_seconds(self) -> dict[int, float]:
        """Return the CPU time of the processes of all connections to the database."""
        pids = self._connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s", [self._database]
        ).fetchall()
        return {pid: sum(times_of(pid)[:2]) / TICKS for (pid,) in pids}

    def _track(self, which: str) -> None:
        """Set which statements are counted; off most of the time, since counting costs time."""
        self._connection.execute(f"ALTER SYSTEM SET pg_stat_statements.track = {which}")
        self._connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.2)  # until all sessions know


COUNT = """
    SELECT coalesce(sum(calls) FILTER (WHERE NOT around), 0),
        coalesce(sum(calls) FILTER (WHERE around), 0),
        coalesce(sum(total_plan_time + total_exec_time), 0) / 1000
    FROM pg_stat_statements
    JOIN pg_database ON pg_database.oid = dbid
    CROSS JOIN LATERAL (SELECT query ~* '^(begin|commit|rollback)' AS around) AS kind
    WHERE datname = %s
"""


def measure(row: Row, servers: Mapping[str, Server], statements: Statements) -> Figures:
    """Measure a row on all servers that have it; a failed answer is a figure, too."""
    messages = {name: one for name, one in row.messages.items() if name in servers}
    figures = Figures(row, {name: Taken() for name in messages})
    try:
        _measure(figures, servers, messages, statements)
    except (AnswerError, OSError) as error:
        figures.failure = str(error)
    return figures


def _measure(
    figures: Figures,
    servers: Mapping[str, Server],
    messages: Mapping[str, Message],
    statements: Statements,
) -> None:
    times = {name: _warm(servers[name], messages[name], figures.taken[name]) for name in messages}
    slow = max(times.values()) > SLOW
    for _round in range(ROUNDS_IF_SLOW if slow else ROUNDS):
        for name, message in messages.items():
            answers = max(1, int(ROUND_SECONDS / times[name]))
            _run_round(servers[name], message, answers, figures.taken[name])
    for name in {*messages} - {"tipg"}:
        statements.count(servers[name], messages[name], figures.taken[name])
    if figures.row.rate is not None:
        for _round in range(CLIENT_ROUNDS):
            for name, message in messages.items():
                rate = throughput(servers[name].port, message, CLIENTS, CLIENT_SECONDS)
                figures.taken[name].rates.append(rate)


def _warm(server: Server, message: Message, taken: Taken) -> float:
    """Return the seconds of an answer after a few over several connections."""
    started = time.perf_counter()
    for _connection in range(WARM_CONNECTIONS):
        with client_of(server.port) as client:
            taken.length = client.send(message())
            [seconds] = seconds_of(client, message, 1)
        if time.perf_counter() - started > WARM_SECONDS:
            break
    return seconds


def _run_round(server: Server, message: Message, answers: int, taken: Taken) -> None:
    with client_of(server.port) as client:
        client.send(message())  # opens the connection
        before = server.cpu_seconds()
        taken.rounds.append(seconds_of(client, message, answers))
        taken.cpu += server.cpu_seconds() - before
