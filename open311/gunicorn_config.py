"""Gunicorn settings, for gunicorn -c python:open311.gunicorn_config open311.wsgi:application.

open311 serve runs it.
"""

import gc
import logging
import os
import sys
from datetime import timedelta
from importlib import import_module
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import message

import open311.app  # noqa: F401 -- once for all workers, which share its memory
from open311.config import load_settings
from open311.database_time import take_database_time
from open311.errors import SettingError
from open311.json_logs import ENDPOINT_KEY, JsonFormatter, request_id
from open311.logs import mask_paths, mask_secrets
from open311.media.store import MediaStore
from open311.queries.revisions import refusal_to_serve
from open311.queries.session_settings import why_not_set
from open311.web.freshness import read_first_snapshot
from open311.web.recent_writers import RecentWriters  # noqa: F401 -- workers share its memory

try:
    _settings = load_settings(os.environ)
    MediaStore(_settings["OPEN311_MEDIA_STORE"]).check_writable()
except SettingError as error:
    raise SystemExit(str(error)) from None

_trusted = _settings["OPEN311_PROXIES"] > 0
_json = _settings["OPEN311_LOG_FORMAT"] == "json"
_counts: Any = None
_metrics_server: Any = None
if _settings["OPEN311_METRICS_BIND"]:  # only then is prometheus_client imported
    try:
        _counts = import_module("open311.metrics.counts")
        _metrics_server = import_module("open311.metrics.serving")
    except ModuleNotFoundError:
        raise SystemExit(
            "OPEN311_METRICS_BIND needs the extra metrics: pip install 'open311[metrics]'."
        ) from None


class AccessLog(Logger):  # type: ignore[misc]
    """Logger of HTTP requests without the secrets in their paths."""

    def setup(self, cfg: Any) -> None:
        """Set up both logs; gunicorn writes paths into the one of errors, too."""
        super().setup(cfg)
        self.error_log.addFilter(mask_paths)
        for log in (self.error_log, self.access_log) if _json else ():
            for handler in log.handlers:
                handler.setFormatter(JsonFormatter(trusted=_trusted))

    def access(self, resp: Any, _req: Any, environ: Any, request_time: timedelta) -> None:
        """Log an answer, and count it if metrics are on.

        The line has no query, which may contain a key. Gunicorn would first copy all headers, for
        formats that show them.
        """
        status = str(resp.status).partition(" ")[0]
        self._write(status, environ, request_time // timedelta(milliseconds=1))
        if _counts:
            _counts.count_answer(environ, status, request_time)

    def _write(self, status: str, environ: Any, ms: int) -> None:
        method = environ.get("REQUEST_METHOD")
        path = mask_secrets(environ.get("PATH_INFO") or "")
        spent = take_database_time()
        if not _json:
            line = "%s %s %s %s %dms, database %dms in %d round trips"
            self.access_log.info(line, self.now(), method, path, status, ms, *spent)
            return
        answer = {
            "method": method,
            "path": path,
            "status": status,
            "ms": ms,
            "db_ms": spent.ms,
            "db_trips": spent.trips,
            "endpoint": environ.get(ENDPOINT_KEY),
            "request_id": request_id(environ, trusted=_trusted),
        }
        self.access_log.info("%s %s", method, path, extra={"fields": answer})


# No line of a log names its place in the code, whose search takes a third of the time of a line.
logging._srcfile = None  # as Python's documentation tells, under Optimization


bind = _settings["OPEN311_BIND"]
_with_jobs = _settings["OPEN311_JOBS"] == "inside"
workers = _settings["OPEN311_WORKERS"] + int(_with_jobs)  # one of them runs jobs
threads = _settings["OPEN311_THREADS"]
worker_class = "open311.gunicorn_worker.Worker"
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- heartbeats must not wait for a disk
timeout = 60  # seconds; the statement timeout of the database is much shorter
keepalive = 5  # seconds
sendfile = False  # files are sent in pieces, so that the worker sees how slow a client is
limit_request_line = 65_536  # bytes; FixMyStreet lists every request that it knows in one URL
message.MAX_REQUEST_LINE = limit_request_line  # gunicorn reduces the setting to this, 8,190 bytes
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = "-"
logger_class = AccessLog
loglevel = _settings["OPEN311_LOG_LEVEL"].lower()
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Stop before the first worker, with a sentence, if the database cannot be used as it is."""
    refusal = why_not_set(_settings) or refusal_to_serve(_settings["DATABASE_URL"])
    if refusal:
        raise SystemExit(refusal)
    if _with_jobs and server.num_workers < 2:
        raise SystemExit("Set OPEN311_WORKERS instead of gunicorn's number of workers.")
    if _counts:
        _counts.begin()


def when_ready(server: Any) -> None:
    """Start the process that serves the metrics, and leave what is loaded to all processes.

    A garbage collection of a worker would else write to all of it, and so copy its memory.
    """
    gc.collect()
    gc.freeze()
    if _counts:
        bind = _settings["OPEN311_METRICS_BIND"]
        _metrics_server.fork_server(bind, server.LISTENERS)


def pre_fork(server: Any, worker: Any) -> None:
    """Let the last worker run jobs if no other does, and number each for its counts.

    gunicorn keeps it as it keeps the others. It is the youngest of all, as those that are too many
    end by their age.
    """
    others = server.WORKERS.values()
    is_last = len(others) >= server.num_workers - 1
    if _with_jobs and is_last and not any(one.runs_jobs for one in others):
        worker.runs_jobs, worker.age = True, sys.maxsize
    if _counts:
        _counts.number_worker(worker)


def on_reload(server: Any) -> None:
    """Let the worker that runs jobs be replaced with the others."""
    for one in server.WORKERS.values():
        if one.runs_jobs:
            one.runs_jobs, one.age = False, 0


def nworkers_changed(server: Any, now: int, before: int | None) -> None:
    """Keep one worker that answers when a signal reduces their number."""
    if _with_jobs and now == 1 and before == 2:
        server.num_workers = 2


def post_fork(_server: Any, worker: Any) -> None:
    """Let a worker write its own counts."""
    if _counts:
        _counts.be_worker(worker)


def child_exit(_server: Any, worker: Any) -> None:
    """Let another worker continue the counts of one that has ended."""
    if _counts:
        _counts.free_number(worker)


def on_exit(_server: Any) -> None:
    """Remove the files of the counts."""
    if _counts:
        _counts.end()


def post_worker_init(worker: Any) -> None:
    """Prepare a worker for its first request.

    What is loaded stays. If it is not frozen, a full garbage collection visits all of it during an
    answer, which then takes 100 ms longer.
    """
    if not worker.runs_jobs:
        read_first_snapshot(worker.wsgi)
    if _counts:
        _counts.count_in(worker.wsgi)
    gc.collect()
    gc.freeze()
