"""Debian packages: detection of missing ones, and their installation.

Runs under any Python 3, before .venv exists, so it uses only the standard library.
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
"""Prevents the server package from creating a cluster on port 5432, unless one is configured."""


WITHOUT_SERVICES = """
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\\nexit 101\\n' >$policy
    chmod +x $policy
fi
for unit in $UNITS; do
    mask=/etc/systemd/system/$unit
    if [ -d /etc/systemd/system ] && [ ! -e /lib/systemd/system/$unit ] && [ ! -L $mask ]; then
        ln -s /dev/null $mask
    fi
done
"$@"
"""
"""Installs without starting a server, now or later: tests start their own, and nobody else is to
reach it. Debian's scripts ask policy-rc.d, and systemd starts no unit that is a link to /dev/null.
"""

UNITS = {
    "dovecot-imapd": "dovecot.service dovecot.socket",
    "nginx": "nginx.service",
    "pgbouncer": "pgbouncer.service",
    "redis-server": "redis-server.service",
}
"""The units of packages that only tests use."""

BROWSER = "chromium-headless-shell"
"""Chromium without windows: it starts faster than chromium and draws with half the CPU time."""

SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
"""Where servers are, too, which is not on the PATH of everyone."""

IMAP_SERVER = "/usr/lib/dovecot/imap"
"""A program of dovecot-imapd, which is not on the PATH of everyone."""


def missing_packages(*, pip: bool) -> list[str]:
    """List required Debian packages that are missing; pip is whether to require pip."""
    packages = [] if pip else ["python3-pip-whl"]
    if not os.environ.get("DATABASE_URL") and not postgis_is_there():
        packages.append("postgresql-postgis")
    return packages


def missing_commands() -> list[str]:
    """List missing Debian packages of programs used by the documentation but not the server."""
    return [] if shutil.which("curl") else ["curl"]


def missing_for_browsers() -> list[str]:
    """List missing Debian packages for tests in a browser."""
    packages = [] if shutil.which(BROWSER) else [BROWSER]
    try:
        ctypes.CDLL("libatomic.so.1")  # the browser driver is linked to it
    except OSError:
        packages.append("libatomic1")
    return packages


def missing_for_mail() -> list[str]:
    """List missing Debian packages for tests with a mailbox."""
    return [] if Path(IMAP_SERVER).exists() else ["dovecot-imapd"]


PARTS = {"nginx": "nginx", "pgbouncer": "pgbouncer", "redis-server": "redis-server"}
"""Programs that run beside a server in production, and their packages."""


def missing_for_operations() -> list[str]:
    """List missing Debian packages for tests with other parts of an installation."""
    return [
        package for program, package in PARTS.items() if not shutil.which(program, path=SYSTEM_PATH)
    ]


def pip_wheels() -> list[Path]:
    """List Debian's wheel of pip, which installs pip without upgrading Python itself."""
    return sorted(WHEELS.glob("pip-*.whl"))


def postgis_is_there() -> bool:
    """Return whether a PostgreSQL server with PostGIS is installed from Debian packages."""
    return any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))


def install(packages: list[str]) -> str:
    """Install packages as root, or with sudo; return an error sentence, or ""."""
    names = " and ".join(packages)
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (as_root and not shutil.which("sudo")):
        return f"Install {names}. This needs root and apt-get, or sudo."
    print(f"Installing {names} …", flush=True)
    for command in _steps(packages):
        quiet = subprocess.DEVNULL
        if subprocess.run([*as_root, *command], stdout=quiet, check=False).returncode != 0:
            return f"{' '.join(command[-3:])} failed. Install {names} yourself."
    return ""


def _steps(packages: list[str]) -> list[list[str]]:
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    add = [*apt, "install", "--no-install-recommends"]
    steps = [[*apt, "update"]]
    if "postgresql-postgis" in packages:
        steps += [[*add, "postgresql-common"], list(NO_SYSTEM_CLUSTER)]
    installation = [*add, *packages]
    units = " ".join(UNITS[one] for one in packages if one in UNITS)
    if units:
        with_units = ["env", f"UNITS={units}", "sh", "-c", WITHOUT_SERVICES, "sh"]
        installation = [*with_units, *installation]
    return [*steps, installation]
