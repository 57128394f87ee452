"""tipg in an environment of its own, to compare with; the benchmark works without it."""

import subprocess
import sys
from pathlib import Path

from local.claims import VAR

VERSIONS = ("tipg==1.6.1", "gunicorn==27.0.1", "uvicorn-worker==0.4.0")


def install_tipg() -> Path | None:
    """Install tipg unless it is there; return the program that serves it, or None without it."""
    folder = VAR / "tipg"
    program = folder / "bin/gunicorn"
    if program.exists():
        return program
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(folder / "bin/pip"), "install", "--quiet", *VERSIONS],
    ):
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            print("tipg cannot be installed here. Its figures are left out.")
            return None
    return program
