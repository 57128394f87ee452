"""make run: a PostgreSQL of its own, tables, example data, a demo key, gunicorn."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from local.cluster import home_of_data, running_cluster
from local.postgresql import ClusterError

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
PROGRAMS = Path(sys.executable).parent
START_SECONDS = 30
PREDECESSOR_SECONDS = 3  # how long a gunicorn whose parent was killed may take to leave the port


class CannotRun(Exception):
    """Something is in the way; the sentence says what."""


def main() -> int:
    """Run until Ctrl-C; give the exit status."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        with _only_one(), _database() as url:
            _serve({**os.environ, "DATABASE_URL": url})
    except KeyboardInterrupt:
        print("\nStopped.")
    except (CannotRun, ClusterError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun("Open311 is running from this folder already.") from None
        yield


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Give the database of DATABASE_URL; without one, that of a cluster under var."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with running_cluster(home_of_data(VAR / "postgres")) as cluster:
        yield cluster.create_database("open311")


def _serve(environment: dict[str, str]) -> None:
    bind = environment.get("OPEN311_BIND") or "127.0.0.1:8311"
    _check_free(bind)
    _open311(environment, "db", "upgrade")
    _open311(environment, "seed", "--if-empty", str(ROOT / "seed_data/lancaster"))
    demo = ("keys", "create", "demo", "--file", str(VAR / "demo-key"))
    staff = ("keys", "create", "demo staff", "--staff", "--file", str(VAR / "staff-key"))
    keys = [_open311(environment, *command).strip() for command in (demo, staff)]
    with _gunicorn(environment) as server:
        _wait_until_healthy(f"http://{bind}/health", server)
        _welcome(f"http://{bind}", *keys)
        server.wait()
        raise CannotRun("gunicorn has stopped: see above.")


def _check_free(bind: str) -> None:
    host, _, port = bind.rpartition(":")
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        try:
            with socket.create_server((host, int(port))):
                return
        except (OSError, ValueError, OverflowError) as error:
            if time.monotonic() > deadline:
                raise CannotRun(f"OPEN311_BIND={bind} cannot be used: {error}.") from None
        time.sleep(0.1)


def _open311(environment: dict[str, str], *arguments: str) -> str:
    command = [str(PROGRAMS / "open311"), *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode != 0:
        raise CannotRun(f"open311 {arguments[0]} failed. {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def _gunicorn(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    log = VAR / "gunicorn.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig=TERM", str(PROGRAMS / "gunicorn")),
                *("-c", "python:open311.gunicorn_config", "wsgi:application"),
            ],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield server
        finally:
            server.terminate()
            server.wait()


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.1)
    raise CannotRun(f"gunicorn did not start: {VAR / 'gunicorn.log'} says why.")


def _welcome(address: str, demo_key: str, staff_key: str) -> None:
    api = f"{address}/open311/v2"
    print(f"Open311: {api}")
    print(demo_key)
    print(staff_key)
    print(f"Try it: {api.removesuffix('/v2')}/docs")
    print(f"Services: curl {api}/services.json")
    print(f"Report: curl {api}/requests.json -d lat=39.7201 -d long=-82.6003 \\")
    print(f"  -d service_code=POTHOLE -d api_key={demo_key.partition(': ')[2]}")
    print(f"Explain: curl '{address}/routing/explain?lat=39.7201&long=-82.6003' \\")
    print(f"  -G -d service_code=POTHOLE -H 'Authorization: Bearer {staff_key.partition(': ')[2]}'")
    print(f"Log: {VAR / 'gunicorn.log'}")
    print("Ctrl-C stops everything.", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
