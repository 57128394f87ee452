"""Threaded gunicorn worker for slow clients and invalid HTTP; one of them runs jobs instead.

No client keeps a thread for long. A connection gets one when the head of its HTTP request is
complete, and loses it when the client is too far behind the slowest accepted rate.

Requests that gunicorn rejects, such as those with a URL that is too long or a broken header,
never reach the application. They are answered with GeoReport error lists (spec 1.8): gunicorn's
own error page would be HTML, and its log line would quote the query.
"""

import contextlib
import errno
import logging
import math
import os
import time
from collections import Counter, deque
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any

from flask import Flask
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from open311.app import create_app
from open311.client_connections import BODY_SECONDS, HEAD_SECONDS, ClientSocket, Connection
from open311.database_settings import POOLER
from open311.jobs.engine import PAUSE, run_until_signal
from open311.logs import log_failure
from open311.signals import slow_client_closed
from open311.web.formats import CONTENT_TYPES, RENDERERS

PRESSING_SECONDS = 2
"""Patience while others wait for a thread, or for one of those of an address, or at a stop."""

CHECKED_EVERY = 0.5  # seconds

# Exception types, status, and sentence for invalid HTTP. The first match counts.
REFUSALS = (
    (
        LimitRequestLine,
        "414 URI Too Long",
        "The URL is longer than {limit:,} bytes. Send fewer parameters.",
    ),
    (
        LimitRequestHeaders,
        "431 Request Header Fields Too Large",
        "The HTTP headers are too many or too long.",
    ),
    (ParseException, "400 Bad Request", "This is not a valid HTTP request."),
)
FAILURE = ("400 Bad Request", "The server could not process this request. Try again.")

log = logging.getLogger("open311.jobs")


def _stays_open(done: Future[Any]) -> bool:
    """Return whether a thread that is done leaves its connection open."""
    return not done.cancelled() and not done.exception() and bool(done.result())


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn worker whose threads no slow client keeps.

    All methods but handle, handle_request, and handle_error run in the main thread.

    runs_jobs is set by gunicorn's main process before the fork: such a worker answers nothing.
    """

    runs_jobs = False

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse TLS, which would hide the heads of HTTP requests."""
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise SystemExit("gunicorn cannot serve HTTPS here. Use a reverse proxy for it.")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._busy: set[Connection] = set()  # those in a thread, or in line for one
        self._busy_of: Counter[str | None] = Counter()  # their number by address
        # Connections with a head, of addresses that are at their limit.
        self._waiting_for_address: dict[str | None, deque[Connection]] = {}
        self._next_check = 0.0
        self._limit_per_address = math.inf

    def run(self) -> None:
        """Serve until a signal; at the end, no thread waits for a client any more."""
        if self.runs_jobs:
            self._run_jobs()
            return
        settings = self.wsgi.config
        if not settings["OPEN311_PROXIES"]:
            self._limit_per_address = settings["OPEN311_CONNECTIONS_PER_ADDRESS"]
        try:
            super().run()
        finally:
            self._cut_off_all()

    def _run_jobs(self) -> None:
        for listener in self.sockets:
            listener.sock.close()
        self.log.info("Worker %s runs jobs.", self.pid)
        try:
            run_until_signal(self._application_of_jobs(), self._is_wanted)
        except Exception as error:
            log_failure(log, "The process of jobs", error)
            time.sleep(PAUSE)  # gunicorn begins it again at once

    def _application_of_jobs(self) -> Flask:
        """Return the application, or behind PgBouncer one that connects to the database itself.

        Jobs keep transactions open for as long as they hold a lock.
        """
        application: Flask = self.wsgi
        return create_app() if application.config[POOLER] else application

    def _is_wanted(self) -> bool:
        self.notify()
        return bool(self.alive) and self.ppid == os.getppid()

    def handle_quit(self, sig: Any, frame: Any) -> None:
        """Stop at once, without waiting for clients."""
        self._cut_off_all()
        super().handle_quit(sig, frame)

    def accept(self, listener: Any) -> None:
        """Accept a connection, which gets a thread once its head is complete."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        server = listener.getsockname()
        self._await_head(Connection(self.cfg, ClientSocket(accepted), client, server))

    def _make_room(self) -> None:
        """End a connection without a thread: an idle one, or else the oldest one without a head.

        If more connections of one address wait for their turn, the last of those ends instead.
        """
        line = max(self._waiting_for_address.values(), key=len, default=deque())
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0
        elif len(self.pending_conns) > len(line):
            self.pending_conns[0].timeout = 0
        elif line:
            self._close_last(line)

    def _close_last(self, line: deque[Connection]) -> None:
        conn = line.pop()
        if not line:
            del self._waiting_for_address[conn.peer]
        self.nr_conns -= 1
        conn.close()
        self.log.info("Closed a connection of an address with too many.")

    def _await_head(self, conn: Connection) -> None:
        if conn.has_head():
            self._start(conn)
            return
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """Begin the next HTTP request of a connection."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_head(conn)

    def on_pending_socket_readable(self, conn: Connection, client: Any) -> None:
        """Read more of a head."""
        if conn.has_head():
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._start(conn)

    def _start(self, conn: Connection) -> None:
        conn.pass_on_head()
        self.enqueue_req(conn)

    def enqueue_req(self, conn: Connection) -> None:
        """Assign a thread to a connection, unless its address has as many as it may."""
        if conn.peer and self._busy_of[conn.peer] >= self._limit_per_address:
            self._waiting_for_address.setdefault(conn.peer, deque()).append(conn)
            self._cut_off_late()
            return
        self._busy.add(conn)
        self._busy_of[conn.peer] += 1
        if len(self._busy) > self.cfg.threads:
            self._cut_off_late()
        super().enqueue_req(conn)

    def finish_request(self, conn: Connection, fs: Future[Any]) -> None:
        """Free the thread of a connection for the next one of the same address."""
        self._busy.discard(conn)
        self._busy_of[conn.peer] -= 1
        if not self._busy_of[conn.peer]:
            del self._busy_of[conn.peer]
        self._start_next_of(conn.peer)
        if _stays_open(fs) and conn.take_back_read_ahead():
            self._await_head(conn)
        else:
            super().finish_request(conn, fs)

    def _start_next_of(self, peer: str | None) -> None:
        line = self._waiting_for_address.pop(peer, None)
        if line:
            following = line.popleft()
            if line:
                self._waiting_for_address[peer] = line
            self.enqueue_req(following)

    def murder_pending(self) -> None:
        """Close connections without a head, and cut off slow clients; runs every second."""
        super().murder_pending()
        if time.monotonic() >= self._next_check:
            self._next_check = time.monotonic() + CHECKED_EVERY
            self._cut_off_late()

    def _cap_keepalive(self, deadline: float) -> None:
        """Close waiting connections soon when the worker stops."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _cut_off_late(self) -> None:
        """Cut off clients beyond our patience, and the slowest where others wait for a thread."""
        now = time.monotonic()
        served = [conn for conn in self._busy if not conn.sock.is_cut_off]
        wanted = len(served) - self.cfg.threads
        wanted_of = Counter({peer: len(line) for peer, line in self._waiting_for_address.items()})
        wanted_of.subtract(conn.peer for conn in self._busy if conn.sock.is_cut_off)
        behind = [(conn.sock.seconds_behind(now), conn) for conn in served]
        for seconds, conn in sorted(behind, key=lambda one: one[0], reverse=True):
            pressing = wanted > 0 or wanted_of[conn.peer] > 0 or not self.alive
            if seconds > (PRESSING_SECONDS if pressing else conn.sock.patience):
                conn.sock.cut_off()
                wanted -= 1
                wanted_of[conn.peer] -= 1
                self.log.info("Closed the connection of a client that was too slow.")
                slow_client_closed.send()

    def _cut_off_all(self) -> None:
        for conn in list(self._busy):
            conn.sock.cut_off()

    def handle(self, conn: Connection) -> Any:
        """Handle an HTTP request in a thread, and return whether the connection stays open."""
        conn.sock.expect(HEAD_SECONDS)
        stays_open = super().handle(conn)
        if not stays_open:
            conn.say_goodbye()
        return stays_open

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer an HTTP request whose head was read."""
        conn.sock.expect(BODY_SECONDS)
        conn.sock.hold_head()
        try:
            return super().handle_request(req, conn)
        finally:
            conn.sock.release()

    def handle_error(self, _req: Any, client: ClientSocket, _addr: Any, exc: Exception) -> None:
        """Answer an error that occurred outside the application."""
        status, sentence = next(
            ((status, sentence) for kind, status, sentence in REFUSALS if isinstance(exc, kind)),
            FAILURE,
        )
        self.log.warning("Refused with %s: %s", status, type(exc).__name__)
        format = "json" if client.asks_for_json else "xml"
        sentence = sentence.format(limit=self.cfg.limit_request_line)
        errors = [{"code": int(status[:3]), "description": sentence}]
        body = RENDERERS[format]("errors", errors)
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPES[format]}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):  # the client may have disconnected
            client.sendall(head.encode("ascii") + body)
