"""Install what is missing: Debian's packages, PyPI's into .venv, npm's for the browser.

Runs under any Python 3, before there is a .venv; hence the standard library alone.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from local import assets

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STAMP = VENV / "installed"
OLDEST_PYTHON = (3, 11)


def main() -> None:
    """Install, or exit with one sentence that says what to install by hand."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("Python 3.11 or newer is needed: install it, or name it as in make PYTHON=…")
    packages = missing_packages()
    if packages:
        install_packages(packages)
    if missing_packages():
        sys.exit(f"Please install {' and '.join(missing_packages())}; make cannot do it here.")
    install_requirements()
    if "--browser" in sys.argv:
        install_browser()


def missing_packages() -> list[str]:
    """List Debian packages that are needed and not there."""
    packages = []
    if importlib.util.find_spec("ensurepip") is None:
        packages.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if not os.environ.get("DATABASE_URL") and not postgis_is_there():
        packages.append("postgresql-postgis")
    return packages


def install_browser() -> None:
    """Install Debian's Chromium for tests in a browser, which are skipped without it."""
    failure = "" if shutil.which("chromium") else run_apt(["chromium"])
    if failure:
        print(f"{failure} Until then, tests in a browser are skipped.", flush=True)


def postgis_is_there() -> bool:
    """Tell whether a PostgreSQL server with PostGIS is installed as Debian does it."""
    return any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))


def install_packages(packages: list[str]) -> None:
    """Install Debian packages, or exit with a sentence that names them."""
    failure = run_apt(packages)
    if failure:
        sys.exit(failure)


def run_apt(packages: list[str]) -> str:
    """Install Debian packages as root, or with sudo; tell what failed, "" if nothing did."""
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (as_root and not shutil.which("sudo")):
        return f"Please install {' and '.join(packages)}; it takes root and apt-get, or sudo."
    print(f"Installing {' and '.join(packages)} …", flush=True)
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    for step in (["update"], ["install", "--no-install-recommends", *packages]):
        done = subprocess.run([*as_root, *quietly, *step], stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            return f"apt-get {step[0]} failed: install {' and '.join(packages)} by hand."
    return ""


def install_requirements() -> None:
    """Bring .venv and the assets in line with the files that say what goes into them."""
    wanted = fingerprint()
    if not STAMP.exists() or STAMP.read_text(encoding="ascii") != wanted:
        install_python_packages()
        install_assets()
        STAMP.write_text(wanted, encoding="ascii")
    elif not assets.are_there():
        install_assets()


def install_python_packages() -> None:
    """Make .venv anew."""
    print("Installing Python packages into .venv …", flush=True)
    run_or_exit(sys.executable, "-m", "venv", "--clear", str(VENV))
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-q")
    run_or_exit(*pip, "-c", "constraints.txt", "-e", ".[dev]")


def install_assets() -> None:
    """Get the npm packages of package-lock.json, without running any code of theirs."""
    print("Installing npm packages into node_modules …", flush=True)
    quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run_or_exit(*assets.npm(PYTHON), "ci", *quietly)
    assets.put_in_place()


def fingerprint() -> str:
    """Give a digest of all that decides what is installed, its place and Python included."""
    digest = hashlib.sha256(f"{VENV} {sys.version}".encode())
    for name in ("setup.cfg", "pyproject.toml", "constraints.txt", "package-lock.json"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def run_or_exit(*command: str) -> None:
    """Run a command; exit with a sentence if it fails."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        sys.exit(f"{' '.join(command)} failed: see above.")


if __name__ == "__main__":
    main()
