"""Gunicorn settings, for gunicorn -c python:open311.gunicorn_config wsgi:application."""

import gc
import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import message

from open311.config import load_settings
from open311.errors import SettingError
from open311.jobs.engine import JobThread, end_without_jobs
from open311.logs import mask_paths, mask_secrets
from open311.media.store import MediaStore
from open311.web.freshness import read_first_snapshot

try:
    _settings = load_settings(os.environ)
    MediaStore(_settings["OPEN311_MEDIA_STORE"]).check_writable()
except SettingError as error:
    raise SystemExit(str(error)) from None


class AccessLog(Logger):  # type: ignore[misc]
    """Logger of HTTP requests without the secrets in their paths."""

    def setup(self, cfg: Any) -> None:
        """Set up both logs; gunicorn writes paths into the one of errors, too."""
        super().setup(cfg)
        self.error_log.addFilter(mask_paths)

    def access(
        self, resp: Any, _req: Any, environ: Mapping[str, Any], request_time: timedelta
    ) -> None:
        """Write a line about an answer, without the query: it may contain a key.

        Gunicorn would first copy all headers, for formats that show them.
        """
        self.access_log.info(
            "%s %s %s %s %dms",
            *(self.now(), environ.get("REQUEST_METHOD")),
            mask_secrets(environ.get("PATH_INFO") or ""),
            str(resp.status).partition(" ")[0],
            request_time // timedelta(milliseconds=1),
        )


# No line of a log names its place in the code, whose search takes a third of the time of a line.
logging._srcfile = None  # as Python's documentation tells, under Optimization

bind = _settings["OPEN311_BIND"]
workers = _settings["OPEN311_WORKERS"]
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


def post_worker_init(worker: Any) -> None:
    """Prepare a worker for its first request.

    What is loaded stays. If it is not frozen, a full garbage collection visits all of it during an
    answer, which then takes 100 ms longer.
    """
    read_first_snapshot(worker.wsgi)
    gc.collect()
    gc.freeze()
    if _settings["OPEN311_JOBS"] == "inside":
        worker.jobs = JobThread(worker.wsgi)


def worker_exit(_server: Any, worker: Any) -> None:
    """End the thread of the jobs; gunicorn calls this however the worker ends."""
    jobs: JobThread | None = getattr(worker, "jobs", None)  # none in gunicorn's main process
    if jobs and not jobs.stop():
        end_without_jobs()
