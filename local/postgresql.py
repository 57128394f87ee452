"""The PostgreSQL programs on this machine, and the account that may run the server."""

import os
import pwd
import subprocess
from pathlib import Path

ACCOUNT = "postgres"  # created by Debian's package; runs the server if this process is root


class ClusterError(Exception):
    """A cluster that cannot be created or started; the sentence explains how to fix it."""


def programs() -> Path:
    """Return the folder of the newest PostgreSQL on this machine that has PostGIS."""
    found = [
        version
        for version in Path("/usr/lib/postgresql").glob("*")
        if (version / "bin/postgres").exists()
        and Path(f"/usr/share/postgresql/{version.name}/extension/postgis.control").exists()
    ]
    if not found:
        raise ClusterError(
            "PostgreSQL with PostGIS is missing: install the package postgresql-postgis, "
            "or set DATABASE_URL to a PostGIS database."
        )
    return max(found, key=lambda version: int(version.name)) / "bin"


def make_directory(folder: Path) -> None:
    """Create a directory that only the server's account can enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)
    elif folder.stat().st_uid != os.geteuid():
        raise ClusterError(f"{folder} belongs to another user. Remove it.")


def as_account(*options: str) -> list[str]:
    """Return a command prefix that drops root privileges, as PostgreSQL requires."""
    if os.geteuid() != 0:
        return ["setpriv", *options] if options else []
    return ["setpriv", *options, f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups"]


def run(program: str, *arguments: str) -> str:
    """Run a PostgreSQL program, or another by its path; return its output."""
    path = program if "/" in program or program == "setpriv" else str(programs() / program)
    done = subprocess.run([path, *arguments], cwd="/", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClusterError(f"{Path(path).name} failed: {done.stderr.strip()}")
    return done.stdout
