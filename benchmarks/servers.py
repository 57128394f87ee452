"""The servers that are compared: the product, the lean one, and tipg, each with two workers."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from benchmarks.clients import Client
from local.cluster import Cluster
from local.postgresql import ACCOUNT

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
WORKERS, THREADS = 2, 4
START_SECONDS = 300  # for a busy machine; a failed start is noticed immediately
TICKS = os.sysconf("SC_CLK_TCK")  # per second

ENDS_WITH_THIS = ("setpriv", "--pdeathsig=TERM")
LEAN = (
    *(str(PROGRAMS / "gunicorn"), "-b", "fd://{fd}"),
    *("-k", "gthread", "-w", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "60"),
    "benchmarks.lean:application",
)
PRODUCT = (
    *(str(PROGRAMS / "gunicorn"), "-b", "fd://{fd}"),
    *("-c", "python:open311.gunicorn_config", "wsgi:application"),
)


@dataclass(frozen=True)
class Server:
    """A server on a port of this machine, with the process that its workers belong to."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Return the CPU time of the server and all its workers, also of those that ended."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ticks = sum(sum(times_of(int(pid))[:2]) for pid in children) + sum(times_of(self.pid))
        return ticks / TICKS


def cpu_seconds_of(pid: int) -> float:
    """Return the CPU time of a process, without those that it started."""
    return sum(times_of(pid)[:2]) / TICKS


def times_of(pid: int) -> list[int]:
    """Return user and system time of a process, and of its children that ended, in ticks."""
    fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


@contextlib.contextmanager
def running_product(
    database_url: str, secret_key: str, other_settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """Serve with the product's own configuration, without a limit of the rate."""
    with tempfile.TemporaryDirectory(prefix="open311-media-") as media:
        settings = {
            "OPEN311_SECRET_KEY": secret_key,
            "OPEN311_MEDIA_STORE": media,
            "OPEN311_RATE_LIMIT": "none",
            "OPEN311_WORKERS": str(WORKERS),
            "OPEN311_THREADS": str(THREADS),
            "OPEN311_STATEMENT_SECONDS": "25",  # so that what is slow is measured
            "OPEN311_JOBS": "none",
            **other_settings,
        }
        with _running(PRODUCT, database_url, settings, "/health") as server:
            yield server


@contextlib.contextmanager
def running_lean(database_url: str) -> Iterator[Server]:
    """Serve the lean server."""
    with _running(LEAN, database_url, {}, "/requests.json?page_size=1") as server:
        yield server


@contextlib.contextmanager
def running_tipg(program: Path, cluster: Cluster, database: str) -> Iterator[Server]:
    """Serve the table of service requests with tipg; program is the gunicorn of its environment."""
    options = ("-k", "uvicorn_worker.UvicornWorker", "-w", str(WORKERS))
    arguments = (str(program), "-b", "fd://{fd}", *options, "tipg.main:app")
    settings = {
        "TIPG_DB_TABLES": '["public.service_requests"]',
        "TIPG_DB_SPATIAL_EXTENT": "false",  # would read the whole table at the start
        "TIPG_DB_DATETIME_EXTENT": "false",
    }
    # Its parser of URLs wants a host, where the driver takes a directory of sockets as well.
    url = f"postgresql://{ACCOUNT}@{quote(str(cluster.sockets), safe='')}/{database}"
    with _running(arguments, url, settings, "/collections") as server:
        yield server


@contextlib.contextmanager
def _running(
    arguments: tuple[str, ...], database_url: str, settings: Mapping[str, str], path: str
) -> Iterator[Server]:
    """Run a server until the block ends; path is one that it answers when it is ready."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        process = subprocess.Popen(
            [*ENDS_WITH_THIS, *(one.format(fd=listener.fileno()) for one in arguments)],
            cwd=ROOT,
            env={**os.environ, **settings, "DATABASE_URL": database_url},
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server = Server(listener.getsockname()[1], process.pid)
            _wait_until_ready(server, process, path)
            yield server
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], path: str) -> None:
    """Wait for the first answer; the listener accepts while the server is still starting."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            client = Client(server.port)
            client.send(get(path))
            client.close()
            return
    raise SystemExit(f"The server of {path} did not start.")


def get(path: str, headers: str = "") -> bytes:
    """Return an HTTP request; each of the other headers ends with a line break."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode("ascii")


def post(path: str, form: str) -> bytes:
    """Return an HTTP request with an encoded form."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    return f"{head}{form}".encode("ascii")
