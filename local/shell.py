"""make shell: a shell in which open311 uses the database of the active make run."""

import fcntl
import os
import sys
from pathlib import Path

from local.claims import VAR
from local.run import ADDRESS_FILE, PROGRAMS


def main() -> None:
    """Replace this process with the user's shell; exit with a sentence if no server is running."""
    url = os.environ.get("DATABASE_URL") or running_database(VAR)
    if not url:
        sys.exit(
            "Open311 is not running from this folder. Start it with make run in another terminal."
        )
    shell = os.environ.get("SHELL") or "/bin/sh"
    path = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    if sys.stdin.isatty():
        print("open311 uses the database of this folder's server. Type exit to leave.", flush=True)
    os.execve(shell, [shell], {**os.environ, "PATH": path, "DATABASE_URL": url})  # noqa: S606


def running_database(var: Path) -> str:
    """Return the database URL of the server that runs from the folder var, or ""."""
    try:
        with (var / "run.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return (var / ADDRESS_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        pass
    return ""


if __name__ == "__main__":
    main()
