"""Debian's packages: which are missing, and how they are installed.

Runs under any Python 3, before there is a .venv; hence the standard library alone.
"""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

WHEELS = Path("/usr/share/python-wheels")
NO_SYSTEM_CLUSTER = (
    "sed",
    *("-i", "-E", "s/^#\\s*create_main_cluster\\s*=.*/create_main_cluster = false/"),
    "/etc/postgresql-common/createcluster.conf",
)
"""Stops the server's package from creating a cluster on port 5432, unless somebody chose to."""


def missing_packages(*, pip: bool) -> list[str]:
    """List Debian packages that are needed and missing; pip says whether pip is there."""
    packages = [] if pip else ["python3-pip-whl"]
    if not os.environ.get("DATABASE_URL") and not postgis_is_there():
        packages.append("postgresql-postgis")
    return packages


def missing_commands() -> list[str]:
    """List Debian packages of programs that the documentation uses and the server does not."""
    return [] if shutil.which("curl") else ["curl"]


def missing_for_browsers() -> list[str]:
    """List Debian packages that tests in a browser need and that are missing."""
    packages = [] if shutil.which("chromium") else ["chromium"]
    try:
        ctypes.CDLL("libatomic.so.1")  # the program that drives the browser is linked to it
    except OSError:
        packages.append("libatomic1")
    return packages


def pip_wheels() -> list[Path]:
    """List Debian's wheel of pip, which installs pip without an upgrade of Python itself."""
    return sorted(WHEELS.glob("pip-*.whl"))


def postgis_is_there() -> bool:
    """Return whether a PostgreSQL server with PostGIS is installed as Debian does it."""
    return any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))


def install(packages: list[str]) -> str:
    """Install packages as root, or with sudo; return a sentence where that fails, else ""."""
    names = " and ".join(packages)
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (as_root and not shutil.which("sudo")):
        return f"Install {names}: it takes root and apt-get, or sudo."
    print(f"Installing {names} …", flush=True)
    for command in _steps(packages):
        quiet = subprocess.DEVNULL
        if subprocess.run([*as_root, *command], stdout=quiet, check=False).returncode != 0:
            return f"{' '.join(command[-3:])} failed: install {names} by hand."
    return ""


def _steps(packages: list[str]) -> list[list[str]]:
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    add = [*apt, "install", "--no-install-recommends"]
    steps = [[*apt, "update"]]
    if "postgresql-postgis" in packages:
        steps += [[*add, "postgresql-common"], list(NO_SYSTEM_CLUSTER)]
    return [*steps, [*add, *packages]]
