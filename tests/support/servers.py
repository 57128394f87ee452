"""gunicorn on a database, as in production, for the duration of a block."""

import contextlib
import multiprocessing
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

import requests
import sample_jobs  # noqa: F401 -- registers the tasks of tests
from gunicorn.app import wsgiapp
from light_work import (
    ask_for_little_work,
    hash_lightly,
    hurry_jobs,
    keep_compiled_templates,
    wait_for_redis,
)
from settings import settings_for

ROOT = Path(__file__).resolve().parents[2]
CITIES = ROOT / "tests/cities"
PATIENCE = 300  # seconds; anything slower has failed

# Importing the application takes seconds. A process that has done it once forks all others.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.support.forked"])


@contextlib.contextmanager
def running_server(
    database_url: str,
    log: Path,
    settings: Mapping[str, str] | None = None,
    prepare: Callable[[], None] | None = None,
) -> Iterator[str]:
    """Serve a database and yield the address; the server logs to a file.

    There is no rate limit, and one process serves, unless the settings change it. Its process
    calls prepare first, a function of a module of tests/support.
    """
    environment = {
        **os.environ,
        "OPEN311_WORKERS": "1",
        **settings_for(database_url, **(settings or {})),
    }
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        arguments = (listener, log, environment, prepare)
        server = PROCESSES.Process(target=_serve, args=arguments, daemon=True)
        server.start()
        try:
            wait_until(lambda: is_there(f"{address}/health") or not server.is_alive())
            assert server.is_alive(), f"gunicorn did not start:\n{log.read_text()}"
            yield address
        finally:
            server.terminate()
            server.join()


def _serve(
    listener: socket.socket,
    log: Path,
    environment: Mapping[str, str],
    prepare: Callable[[], None] | None = None,
) -> None:
    """Run gunicorn until a signal, or until the process of the tests ends."""
    tests = multiprocessing.parent_process()
    threading.Thread(target=_end_with, args=(tests,), daemon=True).start()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    hash_lightly()
    ask_for_little_work()
    hurry_jobs()
    wait_for_redis()
    keep_compiled_templates()
    if prepare:
        prepare()
    sys.argv = ["gunicorn", "-c", "python:open311.gunicorn_config"]
    sys.argv += ["-b", f"fd://{listener.fileno()}", "wsgi:application"]
    wsgiapp.run()


def _end_with(tests: BaseProcess) -> None:
    tests.join()
    os.kill(os.getpid(), signal.SIGTERM)


MOMENT = 5  # seconds; then it is asked whether a server that is silent has ended


def is_there(url: str) -> bool:
    """Return whether a server responds; one that has not yet can be asked again."""
    with contextlib.suppress(requests.ConnectionError, requests.Timeout):
        requests.get(url, timeout=MOMENT)
        return True
    return False


def free_port() -> int:
    """Return a port that is free, and that the system gives to no client in the meantime."""
    ports = random.sample(range(20_000, 32_000), 100)
    return next(one for one in ports if is_free(one))


def is_free(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def wait_until(done: Callable[[], bool]) -> bool:
    """Wait until a condition is true, and return whether it is."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
