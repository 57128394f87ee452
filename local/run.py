"""make run: PostgreSQL, tables, example data, demonstration logins, and gunicorn."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from local.base_map import base_map_for
from local.claims import VAR, CannotRun, bind_address, check_free, only_one
from local.cluster import home_of_data, running_cluster
from local.demo import LANCASTER, ROOT, USER, Demo, Logins, addresses_of, kept_secret, welcome
from local.environment import in_use
from local.postgresql import ClusterError

PROGRAMS = Path(sys.executable).parent.resolve()  # the link .venv may change during the run
START_SECONDS = 120  # for a busy machine; a failed start is noticed immediately
ADDRESS_FILE = "database-url"
LINES_OF_LOG = 20


def main(demo: Demo = LANCASTER) -> int:
    """Serve a city until Ctrl-C; return the exit status."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # ignored if a script starts it
        signal.signal(name, _interrupt)
    try:
        with only_one(VAR), in_use(PROGRAMS.parent):
            check_free(bind_address())
            _run(demo)
    except KeyboardInterrupt:
        print("\nStopped.")
    except (CannotRun, ClusterError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _run(demo: Demo) -> None:
    base_map, hint = base_map_for(os.environ)
    secret = {"OPEN311_SECRET_KEY": kept_secret(VAR / "secret-key", 48)}
    environment = {**secret, **base_map, **os.environ}
    if os.environ.get("DATABASE_URL"):
        _check_tables(environment)
        _serve(environment, [*_notes_on_yours(), hint])
        return
    with running_cluster(home_of_data(VAR / "postgres")) as cluster:
        url = cluster.create_database(demo.database)
        (VAR / ADDRESS_FILE).write_text(url, encoding="utf-8")
        environment["DATABASE_URL"] = url
        logins = _set_up(environment, demo)
        address = f"http://{bind_address()}"
        _serve(environment, [*welcome(demo, address, logins), *_notes_on_ours(url), hint])


def _check_tables(environment: dict[str, str]) -> None:
    """Raise CannotRun if an external database, which must not be changed, is not migrated."""
    if "(head)" not in _open311(environment, "db", "current"):
        raise CannotRun(
            "The tables of this database are missing or older than this version. "
            "Run open311 db upgrade first."
        )


def _notes_on_yours() -> list[str]:
    return [
        "Nothing was added to the database in DATABASE_URL. Create a key with",
        "open311 keys create, and a staff user with open311 users create.",
    ]


def _notes_on_ours(url: str) -> list[str]:
    return [
        "To run open311 commands in another terminal, run make shell, or",
        f"export DATABASE_URL='{url}'",
    ]


def _set_up(environment: dict[str, str], demo: Demo) -> Logins:
    """Update the demonstration database, and create its logins."""
    _open311(environment, "db", "upgrade")
    _open311(environment, "seed", "--if-empty", str(demo.folder), quiet=False)
    here = ("--jurisdiction", demo.jurisdiction_id)
    _import_addresses(environment, demo, *here)
    suffix = demo.database.removeprefix("open311")
    files = (str(VAR / f"demo-key{suffix}"), str(VAR / f"staff-key{suffix}"))
    api_key = _open311(environment, "keys", "create", "demo", "--file", files[0], *here)
    staff = ("keys", "create", "demo staff", "--staff", "--file", files[1])
    staff_key = _open311(environment, *staff, *here)
    password = kept_secret(VAR / f"staff-password{suffix}", 12)
    users = _open311(environment, "users", "list", *here).splitlines()
    known = any(line.startswith(f"{USER}: ") for line in users)
    command = ["password", USER] if known else ["create", USER, "--role", "administrator"]
    _open311(environment, "users", *command, "--password-stdin", *here, sent=f"{password}\n")
    return Logins(_value(api_key), _value(staff_key), password)


def _value(line: str) -> str:
    return line.partition(": ")[2].strip()


def _import_addresses(environment: dict[str, str], demo: Demo, *here: str) -> None:
    """Import the address points of the city, once."""
    marker = VAR / f"{demo.database}-addresses"
    if demo.addresses and not marker.exists():
        _open311(environment, "addresses", "import", str(demo.addresses), "--commit", *here)
        marker.touch()


def _open311(
    environment: dict[str, str], *arguments: str, sent: str = "", quiet: bool = True
) -> str:
    """Run a command and return its output; its progress is shown unless quiet."""
    done = subprocess.run(
        [str(PROGRAMS / "open311"), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if quiet else None,
        text=True,
        check=False,
        cwd=ROOT,
        input=sent,
    )
    if done.returncode != 0:
        reason = (done.stderr or "").strip().removeprefix("Error: ")
        raise CannotRun(f"open311 {' '.join(arguments[:2])} failed. {reason}".strip())
    return done.stdout


def _serve(environment: dict[str, str], lines: list[str]) -> None:
    """Run gunicorn until Ctrl-C; raise CannotRun if it ends by itself."""
    address = f"http://{bind_address()}"
    with _gunicorn(environment) as server:
        _wait_until_healthy(f"{address}/health", server)
        for line in [*addresses_of(address), *filter(None, lines)]:
            print(line)
        print(f"Log: {VAR / 'gunicorn.log'}")
        print("Ctrl-C stops everything.", flush=True)
        server.wait()
        raise CannotRun(f"gunicorn has stopped.\n{_end_of_log()}")


@contextlib.contextmanager
def _gunicorn(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with (VAR / "gunicorn.log").open("ab") as output:
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
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return
        time.sleep(0.1)
    raise CannotRun(f"gunicorn did not start.\n{_end_of_log()}")


def _end_of_log() -> str:
    log = VAR / "gunicorn.log"
    last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_OF_LOG:]
    return "\n".join([f"The last lines of {log}:", *last])


if __name__ == "__main__":
    raise SystemExit(main())
