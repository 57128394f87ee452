"""The progress bar: on a terminal only."""

import os
import pty
from collections.abc import Callable
from pathlib import Path

from programs import run_program
from servers import CITIES

SEED = ["seed", str(CITIES / "gridtown")]


def test_a_terminal_shows_a_bar_and_a_file_nothing(
    fresh_database: Callable[[str], str], empty: str, tmp_path: Path
) -> None:
    environment = {**os.environ, "DATABASE_URL": fresh_database(empty), "TERM": "xterm"}
    reader, writer = pty.openpty()
    assert run_program(SEED, environment, os.ttyname(writer)).returncode == 0
    shown = os.read(reader, 100_000)
    os.close(reader)
    os.close(writer)
    assert b"Service requests" in shown
    assert b"100%" in shown
    environment["DATABASE_URL"] = fresh_database(empty)
    done = run_program(SEED, environment)
    assert (done.returncode, done.stderr) == (0, "")
