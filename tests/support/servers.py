"""gunicorn on a database, as in production, for as long as a block lasts."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import requests
from settings import settings_for

ROOT = Path(__file__).resolve().parents[2]
CITIES = ROOT / "tests/cities"
GUNICORN = Path(sys.executable).parent / "gunicorn"


@contextlib.contextmanager
def running_server(
    database_url: str, log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serve a database and give the address; the log of the server goes to a file.

    The rate is not limited, unless the settings say so.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener, log.open("wb") as output:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        descriptor = listener.fileno()
        server = subprocess.Popen(
            [
                *(str(GUNICORN), "-c", "python:open311.gunicorn_config"),
                *("-b", f"fd://{descriptor}", "wsgi:application"),
            ],
            cwd=ROOT,
            env={**os.environ, **settings_for(database_url, **(settings or {}))},
            pass_fds=[descriptor],
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for(f"{address}/health", server, log)
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(url, timeout=20)
            return
        time.sleep(0.1)
    raise AssertionError(f"gunicorn did not start:\n{log.read_text()}")
