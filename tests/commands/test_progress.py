"""Progress: for those who watch, and nobody else."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from servers import CITIES

OPEN311 = Path(sys.executable).parent / "open311"


def seed(database_url: str, stderr: int) -> None:
    subprocess.run(
        [OPEN311, "seed", CITIES / "gridtown"],
        env={**os.environ, "DATABASE_URL": database_url, "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        check=True,
    )


def test_a_terminal_shows_a_bar_and_a_pipe_nothing(
    fresh_database: Callable[[str], str], empty: str
) -> None:
    for open_stream, shown in ((pty.openpty, True), (os.pipe, False)):
        reader, writer = open_stream()
        seed(fresh_database(empty), writer)
        os.write(writer, b"end")
        seen = os.read(reader, 100_000)
        os.close(reader)
        os.close(writer)
        assert (b"Service requests" in seen and b"100%" in seen) is shown
        assert shown or seen == b"end"
