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
from local.demo import LANCASTER, USER, Demo, kept_secret, welcome
from local.postgresql import ClusterError

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
PROGRAMS = Path(sys.executable).parent
START_SECONDS = 30
PREDECESSOR_SECONDS = 3  # how long a gunicorn whose parent was killed may take to leave the port


class CannotRun(Exception):
    """Something is in the way; the sentence says what."""


def main(demo: Demo = LANCASTER) -> int:
    """Serve a city until Ctrl-C; give the exit status."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        with _only_one(), _database(demo.database) as url:
            _serve({**os.environ, "DATABASE_URL": url}, demo)
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
def _database(name: str) -> Iterator[str]:
    """Give the database of DATABASE_URL; without one, that of a cluster under var."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with running_cluster(home_of_data(VAR / "postgres")) as cluster:
        yield cluster.create_database(name)


def _serve(environment: dict[str, str], demo: Demo) -> None:
    secret = kept_secret(VAR / "secret-key", 48)
    environment = {"OPEN311_SECRET_KEY": secret, **environment}
    bind = environment.get("OPEN311_BIND") or "127.0.0.1:8311"
    _check_free(bind)
    _open311(environment, "db", "upgrade")
    _open311(environment, "seed", "--if-empty", str(demo.folder))
    suffix = demo.database.removeprefix("open311")
    for_apps = ("keys", "create", "demo", "--file", str(VAR / f"demo-key{suffix}"))
    staff = ("keys", "create", "demo staff", "--staff", "--file", str(VAR / f"staff-key{suffix}"))
    keys = [_open311(environment, *command).strip() for command in (for_apps, staff)]
    password = kept_secret(VAR / f"staff-password{suffix}", 12)
    _set_password(environment, password)
    with _gunicorn(environment) as server:
        _wait_until_healthy(f"http://{bind}/health", server)
        for line in welcome(demo, f"http://{bind}", keys[0], keys[1], password):
            print(line)
        print(f"Log: {VAR / 'gunicorn.log'}")
        print("Ctrl-C stops everything.", flush=True)
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


def _set_password(environment: dict[str, str], password: str) -> None:
    """Give the demo user this password; the user may be there from the last time."""
    told = _open311(environment, "users", "list")
    is_there = any(line.startswith(f"{USER}: ") for line in told.splitlines())
    command = ["password", USER] if is_there else ["create", USER, "--role", "administrator"]
    _open311(environment, "users", *command, "--password-stdin", sent=f"{password}\n")


def _open311(environment: dict[str, str], *arguments: str, sent: str = "") -> str:
    command = [str(PROGRAMS / "open311"), *arguments]
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        input=sent,
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


if __name__ == "__main__":
    raise SystemExit(main())
