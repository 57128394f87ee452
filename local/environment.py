"""The virtual environment: built beside the current one, which it then replaces.

.venv is a link to a folder under .venvs. A server that runs from the previous folder keeps it. Runs
under any Python 3, before .venv exists, so it uses only the standard library.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local import assets, debian

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENVS = ROOT / ".venvs"
STAMP = VENV / "installed"
INPUTS = ("setup.cfg", "pyproject.toml", "constraints.txt", "package-lock.json")


def install_environment() -> None:
    """Update .venv and the assets to match the files that list their contents."""
    with _alone():
        wanted = fingerprint()
        if not STAMP.exists() or STAMP.read_text(encoding="ascii") != wanted:
            folder = VENVS / wanted[:12]
            _install_python_packages(folder)
            _install_assets(folder / "bin/python")
            (folder / STAMP.name).write_text(wanted, encoding="ascii")
            _put_in_place(folder)
            _remove_unused(folder)
        elif not assets.are_there():
            _install_assets(VENV / "bin/python")


def fingerprint() -> str:
    """Return a digest of everything that determines the installation, its path included.

    Of the Python version, only the first two numbers count, since they determine which packages
    fit. A security update changes nothing.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(f"{VENVS} {version}".encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def in_use(prefix: Path) -> Iterator[None]:
    """Protect the environment in the folder prefix from removal until the block ends."""
    stamp = prefix / STAMP.name
    if not stamp.exists():
        yield
        return
    with stamp.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Wait for another installation to finish, and block others."""
    VENVS.mkdir(exist_ok=True)
    with (VENVS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install_python_packages(folder: Path) -> None:
    print("Installing Python packages into .venv …", flush=True)
    with_pip = importlib.util.find_spec("ensurepip") is not None
    options = [] if with_pip else ["--without-pip"]
    _run_or_exit(sys.executable, "-m", "venv", "--clear", *options, str(folder))
    python = str(folder / "bin/python")
    if not with_pip:
        wheel = debian.pip_wheels()[-1]
        _run_or_exit(python, f"{wheel}/pip", "install", "-q", "--no-index", "--no-deps", str(wheel))
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "-q")
    _run_or_exit(*pip, "-c", "constraints.txt", "-e", ".[dev]")


def _install_assets(python: Path) -> None:
    """Install the npm packages of package-lock.json without running their scripts."""
    print("Installing npm packages into node_modules …", flush=True)
    quietly = (
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
    )
    _run_or_exit(*assets.npm(python), "ci", *quietly)
    assets.put_in_place()


def _put_in_place(folder: Path) -> None:
    """Make .venv a link to the folder, atomically if it was a link before."""
    link = VENVS / "link"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.relative_to(VENV.parent))
    if VENV.is_dir() and not VENV.is_symlink():
        before = VENVS / "before"
        shutil.rmtree(before, ignore_errors=True)
        VENV.rename(before)
    link.replace(VENV)


def _remove_unused(current: Path) -> None:
    """Remove all environments except the current one, the previous one, and those in use."""
    others = [path for path in VENVS.iterdir() if path.is_dir() and path != current]
    others.sort(key=lambda path: path.stat().st_mtime)
    for folder in others[:-1]:
        stamp = folder / STAMP.name
        if not stamp.exists():
            shutil.rmtree(folder)
            continue
        with stamp.open("rb") as lock, contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)


def _run_or_exit(*command: str) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        sys.exit(f"{' '.join(command)} failed. The lines above say why.")
