"""Set up the database of make run: tables, the example city, its addresses, and logins.

All commands run in one process, because importing the application takes seconds.
"""

import contextlib
import io
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from local.demo import USER, Demo, Logins, kept_secret
from open311.cli import main as open311


def main() -> int:
    """Read a Demo and the folder var as JSON, and print Logins as JSON, or what failed."""
    given = json.loads(sys.stdin.read())
    var = Path(given.pop("var"))
    demo = Demo(**{**given, "folder": Path(given["folder"])})
    try:
        logins = set_up(demo, var)
    except click.ClickException as error:
        print(error.format_message())
        return 1
    print(json.dumps(asdict(logins)))
    return 0


def set_up(demo: Demo, var: Path) -> Logins:
    """Update the database of DATABASE_URL, and return logins that work; raise ClickException."""
    _run("db", "upgrade")
    _run("seed", "--if-empty", str(demo.folder))
    here = ("--jurisdiction", demo.jurisdiction_id)
    marker = var / f"{demo.database}-addresses"
    if demo.addresses and not marker.exists():
        _run("addresses", "import", str(demo.addresses), "--commit", *here)
        marker.touch()
    suffix = demo.database.removeprefix("open311")
    files = (str(var / f"demo-key{suffix}"), str(var / f"staff-key{suffix}"))
    api_key = _run("keys", "create", "demo", "--file", files[0], *here)
    staff_key = _run("keys", "create", "demo staff", "--may", _STAFF, "--file", files[1], *here)
    password = kept_secret(var / f"staff-password{suffix}", 12)
    known = any(line.startswith(f"{USER}: ") for line in _run("users", "list", *here).splitlines())
    command = ["password", USER] if known else ["create", USER, "--role", "administrator"]
    _run("users", *command, "--password-stdin", *here, sent=f"{password}\n")
    return Logins(_value(api_key), _value(staff_key), password)


_STAFF = "report,comment,staff"


def _run(*arguments: str, sent: str = "") -> str:
    """Run an open311 command, and return what it prints; progress goes to standard error."""
    output = io.StringIO()
    sys.stdin = io.StringIO(sent)
    with contextlib.redirect_stdout(output):
        open311.main(arguments, "open311", standalone_mode=False)
    return output.getvalue()


def _value(line: str) -> str:
    return line.partition(": ")[2].strip()


if __name__ == "__main__":
    raise SystemExit(main())
