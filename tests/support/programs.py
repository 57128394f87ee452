"""The open311 program as a process with its own environment, input, and output."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from light_work import hash_lightly
from servers import PROCESSES

from open311.cli import main


def run_program(
    arguments: list[str], environment: Mapping[str, str], terminal: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run open311 to its end; environment replaces this process's own.

    What it writes to standard error goes to the terminal (the path of a device) if there is one.
    """
    with tempfile.TemporaryDirectory() as folder:
        output, error = Path(folder) / "output", Path(folder) / "error"
        process = PROCESSES.Process(
            target=_run,
            args=(arguments, dict(environment), output, Path(terminal or error)),
            daemon=True,
        )
        process.start()
        process.join()
        texts = output.read_text(), "" if terminal else error.read_text()
    return subprocess.CompletedProcess(arguments, process.exitcode or 0, *texts)


def _run(arguments: list[str], environment: Mapping[str, str], output: Path, error: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, file in ((1, output), (2, error)):
        os.dup2(os.open(file, os.O_CREAT | os.O_WRONLY), number)
    hash_lightly()
    sys.argv = ["open311", *arguments]
    main()
