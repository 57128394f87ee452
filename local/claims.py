"""Exclusive claims of a server, its folder and its port, checked before any installation.

Runs under any Python 3, before .venv exists, so it uses only the standard library.
"""

import contextlib
import fcntl
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
BIND = "127.0.0.1:8311"
PREDECESSOR_SECONDS = 3  # how long a gunicorn whose parent was killed may keep the port


class CannotRun(Exception):
    """An obstacle to running the server; the sentence explains how to fix it."""


def bind_address() -> str:
    """Return the host and port to listen on."""
    return os.environ.get("OPEN311_BIND", "").strip() or BIND


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Lock the folder var until the block ends; raise CannotRun if another server holds it."""
    var.mkdir(exist_ok=True)
    with (var / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(
                "Open311 is already running from this folder. Stop it with Ctrl-C first."
            ) from None
        yield


def host_and_port(bind: str) -> tuple[str, int]:
    """Split 127.0.0.1:8311 or [::1]:8311; raise ValueError for any other format."""
    host, separator, port = bind.rpartition(":")
    if not separator or not host or not port.isdigit() or not int(port) < 65_536:
        raise ValueError("it must look like 127.0.0.1:8311 or [::1]:8311")
    return host.removeprefix("[").removesuffix("]"), int(port)


def check_free(bind: str) -> None:
    """Raise CannotRun if the server cannot listen on the address."""
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        try:
            address = host_and_port(bind)
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            with socket.create_server(address, family=family):
                return
        except (OSError, ValueError) as error:
            if isinstance(error, ValueError) or time.monotonic() > deadline:
                raise CannotRun(
                    f"OPEN311_BIND={bind} cannot be used: {error}. Set it to another address."
                ) from None
        time.sleep(0.1)


def main() -> int:
    """Print a sentence and return 1 if make run cannot serve."""
    try:
        with only_one(VAR):
            check_free(bind_address())
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
