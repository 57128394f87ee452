"""make run: PostgreSQL, tables, example data, demonstration logins, and gunicorn."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from local.base_map import base_map_for
from local.claims import VAR, CannotRun, bind_address, check_free, only_one
from local.cluster import home_of_data, running_cluster
from local.demo import LANCASTER, ROOT, Demo, Logins, addresses_of, kept_secret, welcome
from local.environment import in_use
from local.postgresql import ClusterError

PROGRAMS = Path(sys.executable).parent.resolve()  # the link .venv may change during the run
START_SECONDS = 120  # for a busy machine; a failed start is noticed immediately
ADDRESS_FILE = "database-url"
LINES_OF_LOG = 20
FOLDER = "folder:"


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
        address = f"http://{bind_address()}"
        environment = {**_mail_folder(address), **environment}
        logins = _set_up(environment, demo)
        notes = [*_notes_on_ours(url), *_notes_on_mail(environment)]
        _serve(environment, [*welcome(demo, address, logins), *notes, hint])


def _check_tables(environment: dict[str, str]) -> None:
    """Raise CannotRun if an external database, which must not be changed, cannot be served."""
    done = subprocess.run(
        [sys.executable, "-m", "local.table_check"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode != 0:
        raise CannotRun(done.stdout.strip() or "The tables of this database were not checked.")


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


def _mail_folder(address: str) -> dict[str, str]:
    """Return the settings that write emails into a folder, unless there are others."""
    if {"OPEN311_MAIL", "OPEN311_PUBLIC_URL"} & os.environ.keys():
        return {}
    return {
        "OPEN311_MAIL": f"{FOLDER}{VAR / 'mail'}",
        "OPEN311_MAIL_FROM": "311@example.org",
        "OPEN311_PUBLIC_URL": address,
    }


def _notes_on_mail(environment: dict[str, str]) -> list[str]:
    outlet = environment.get("OPEN311_MAIL", "")
    return [f"Emails: {outlet.removeprefix(FOLDER)}"] if outlet.startswith(FOLDER) else []


def _set_up(environment: dict[str, str], demo: Demo) -> Logins:
    """Update the demonstration database, and create its logins, in a process of its own."""
    sent = json.dumps({**asdict(demo), "folder": str(demo.folder), "var": str(VAR)})
    done = subprocess.run(
        [sys.executable, "-m", "local.demo_setup"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=ROOT,
        input=sent,
    )
    if done.returncode != 0:
        raise CannotRun(done.stdout.strip() or "The demonstration was not set up.")
    return Logins(**json.loads(done.stdout))


def _has_website(address: str) -> bool:
    """Return whether the city has a website for residents at this address."""
    try:
        with urllib.request.urlopen(f"{address}/"):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return False


def _serve(environment: dict[str, str], lines: list[str]) -> None:
    """Run gunicorn until Ctrl-C; raise CannotRun if it ends by itself."""
    address = f"http://{bind_address()}"
    with _gunicorn(environment) as server:
        _wait_until_healthy(f"{address}/health/ready", server)
        if _has_website(address):
            print(f"Website: {address}/")
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
