"""What only one server can have: this folder, and its port. Checked before anything is installed.

Runs under any Python 3, before there is a .venv; hence the standard library alone.
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
PREDECESSOR_SECONDS = 3  # how long a gunicorn whose parent was killed may take to leave the port


class CannotRun(Exception):
    """Something prevents the server from running; the sentence says what to do."""


def bind_address() -> str:
    """Return the host and port to listen on."""
    return os.environ.get("OPEN311_BIND", "").strip() or BIND


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Keep the folder var until the block ends; raise CannotRun where another server has it."""
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
    """Split 127.0.0.1:8311 or [::1]:8311; raise ValueError for anything else."""
    host, separator, port = bind.rpartition(":")
    if not separator or not host or not port.isdigit() or not int(port) < 65_536:
        raise ValueError("it must look like 127.0.0.1:8311 or [::1]:8311")
    return host.removeprefix("[").removesuffix("]"), int(port)


def check_free(bind: str) -> None:
    """Raise CannotRun where the address cannot be listened on."""
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
    """Return 1 with a sentence where make run could not serve."""
    try:
        with only_one(VAR):
            check_free(bind_address())
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
