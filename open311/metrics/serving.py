"""A process beside the workers that Prometheus asks: for their counts, and for the state of all.

It is forked from gunicorn's main process, without a thread there, and ends with it.
"""

import logging
import math
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import HTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from flask import Flask, current_app
from prometheus_client import CollectorRegistry, MetricsHandler
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from open311.app import create_app
from open311.database import db
from open311.queries.jobs import queue_state
from open311.web.health import readiness

PATIENCE = 5  # seconds for a client, and until the port is free
ENDS_WITHIN = 1  # seconds after gunicorn's main process

SIGNALS = (signal.SIGCHLD, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
OF_GUNICORN = (signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1, signal.SIGUSR2)


log = logging.getLogger("gunicorn.error")


class _Handler(MetricsHandler):
    timeout = PATIENCE


class _Server(HTTPServer):
    """A server at an address of IPv4, or at one of IPv6, which contains colons."""

    def __init__(self, address: tuple[str, int], registry: CollectorRegistry) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler.factory(registry))

    def server_bind(self) -> None:
        """Bind without asking for the name of the address, which a DNS server may delay."""
        TCPServer.server_bind(self)


class StateCollector(Collector):
    """Gauges that are read when they are asked for: readiness, jobs, and the disk of the photos."""

    def __init__(self) -> None:
        self._app: Flask | None = None

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges; those of a database that cannot be reached are left out."""
        self._app = self._app or create_app(serving=True)
        with self._app.app_context():
            yield _ready()
            yield from _of_jobs()
            yield from _of_disk()
            db.session.remove()


def _ready() -> Metric:
    meaning = "1 if this part is ready, as in /health/ready"
    gauge = GaugeMetricFamily("open311_ready", meaning, labels=("part",))
    for part, found in readiness().items():
        gauge.add_metric((part,), found == "ok")
    return gauge


def _of_jobs() -> Iterator[Metric]:
    with suppress(SQLAlchemyError):
        state = queue_state()
        jobs = GaugeMetricFamily("open311_jobs", "Jobs by their state", labels=("state",))
        for name in ("waiting", "running", "failed"):
            jobs.add_metric((name,), getattr(state, name))
        yield jobs
        meaning = "Seconds for which the oldest job could have run already"
        yield GaugeMetricFamily("open311_jobs_late_seconds", meaning, state.age)


def _of_disk() -> Iterator[Metric]:
    folder = Path(current_app.config["OPEN311_MEDIA_STORE"])
    if folder.is_dir():  # and no address of another store
        usage = shutil.disk_usage(folder)
        share = usage.used / (usage.used + usage.free)
        yield GaugeMetricFamily("open311_disk_used_ratio", "Used share of the disk", share)


def fork_server(bind: str, listeners: list[Any]) -> None:
    """Begin to serve /metrics in a process of its own."""
    main = os.getpid()
    if os.fork():
        return
    try:
        for listener in listeners:
            listener.sock.close()
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        for number in OF_GUNICORN:
            signal.signal(number, signal.SIG_IGN)
        _serve(bind, main)
    finally:
        os._exit(0)


def _serve(bind: str, main: int) -> None:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(StateCollector())
    host, _colon, port = bind.rpartition(":")
    address = (host.strip("[]"), int(port))
    complains_at = time.monotonic() + PATIENCE
    while os.getppid() == main:
        try:
            with _Server(address, registry) as server:
                server.timeout = ENDS_WITHIN
                while os.getppid() == main:
                    server.handle_request()
        except OSError as error:
            if time.monotonic() > complains_at:
                log.error("OPEN311_METRICS_BIND cannot be used: %s: %s.", bind, error.strerror)
                complains_at = math.inf
        time.sleep(ENDS_WITHIN)  # the process of a server that ends has the port for as long
