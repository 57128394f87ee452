"""What the workers count, each into files of its own; the files of one that ends are used again.

prometheus_client names the files after the process. A worker ends after 20,000 requests, and its
files would stay for good. So each gets the lowest number that no other worker has, and continues to
count where the previous one stopped.
"""

import shutil
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from prometheus_client import Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import mark_process_dead
from prometheus_client.values import MultiProcessValue
from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import Pool

from open311 import signals
from open311.database import db
from open311.json_logs import ENDPOINT_KEY
from open311.metrics import FOLDER

MAIN = "main"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_number: dict[None, str] = {None: MAIN}
_taken: set[int] = set()

values.ValueClass = MultiProcessValue(process_identifier=lambda: _number[None])

HTTP_REQUESTS = Counter(
    "open311_http_requests", "HTTP requests that were answered", ["endpoint", "method", "status"]
)
HTTP_SECONDS = Histogram(
    "open311_http_seconds", "Seconds until an answer was sent", ["endpoint"], buckets=SECONDS
)
CONNECTIONS_IN_USE = Gauge(
    "open311_db_pool_in_use", "Database connections in use", multiprocess_mode="livesum"
)
POOL_WAITS = Counter("open311_db_pool_waits", "Times when no database connection was free")
POOL_REFUSALS = Counter("open311_db_pool_refusals", "Times when none became free in time")
REQUESTS_STORED = Counter(
    "open311_requests_stored",
    "Service requests that were stored or found again, by how they came in",
    ["jurisdiction", "channel", "repeated"],
)
SLOW_CLIENTS = Counter("open311_slow_clients_closed", "Slow clients that were disconnected")
MAINTAINED = Gauge(
    "open311_nightly_last_success_timestamp_seconds",
    "When the nightly maintenance last ended without a failure",
    multiprocess_mode="max",
)
STARTED = Gauge("open311_started_timestamp_seconds", "When it started", multiprocess_mode="max")

METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))


def begin() -> None:
    STARTED.set_to_current_time()


def end() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)


def number_worker(worker: Any) -> None:
    """Number a worker before it is forked."""
    worker.number = next(one for one in range(len(_taken) + 1) if one not in _taken)
    _taken.add(worker.number)


def be_worker(worker: Any) -> None:
    """Write into the files of this worker from now on."""
    _number[None] = str(worker.number)


def free_number(worker: Any) -> None:
    """Free the number of a worker that has ended, and forget what it was doing."""
    _taken.discard(worker.number)
    mark_process_dead(str(worker.number))


def count_answer(environ: Mapping[str, Any], status: str, took: timedelta) -> None:
    """Count an answer under Flask's endpoint: paths would make a series for each request."""
    endpoint = environ.get(ENDPOINT_KEY) or "none"
    method = environ.get("REQUEST_METHOD")
    HTTP_REQUESTS.labels(endpoint, method if method in METHODS else "other", status).inc()
    HTTP_SECONDS.labels(endpoint).observe(took.total_seconds())


def count_in(app: Flask) -> None:
    """Count what happens in this worker from now on."""
    CONNECTIONS_IN_USE.set(0)
    with app.app_context():
        _count_connections(db.engine.pool)
    signals.request_stored.connect(_count_stored, weak=False)
    signals.slow_client_closed.connect(lambda _sender: SLOW_CLIENTS.inc(), weak=False)
    signals.maintained.connect(lambda _sender: MAINTAINED.set_to_current_time(), weak=False)


def _count_stored(_sender: object, *, jurisdiction_id: str, channel: str, repeated: bool) -> None:
    REQUESTS_STORED.labels(jurisdiction_id, channel, "yes" if repeated else "no").inc()


def _count_connections(pool: Pool) -> None:
    event.listen(pool, "checkout", lambda *_about: CONNECTIONS_IN_USE.inc())
    event.listen(pool, "checkin", lambda *_about: CONNECTIONS_IN_USE.dec())
    connect = pool.connect

    def counted() -> Any:
        if pool.checkedout() >= pool.size():  # type: ignore[attr-defined]
            POOL_WAITS.inc()
        try:
            return connect()
        except NoConnectionFree:
            POOL_REFUSALS.inc()
            raise

    pool.connect = counted  # type: ignore[method-assign]
