"""The open311 program as a process with its own environment, input, and output."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from light_work import hash_lightly, hurry_jobs
from servers import PROCESSES

from open311.cli import main


@dataclass(frozen=True)
class Program:
    """A program that was started, and the files that it writes to."""

    process: BaseProcess
    output: Path
    error: Path


@contextlib.contextmanager
def started_program(
    arguments: list[str], environment: Mapping[str, str], terminal: str | None = None
) -> Iterator[Program]:
    """Start open311, and end it after the block; environment replaces this process's own.

    What it writes to standard error goes to the terminal (the path of a device) if there is one.
    """
    with tempfile.TemporaryDirectory() as folder:
        output, error = Path(folder) / "output", Path(terminal or Path(folder) / "error")
        process = PROCESSES.Process(
            target=_run, args=(arguments, dict(environment), output, error), daemon=True
        )
        process.start()
        try:
            yield Program(process, output, error)
        finally:
            process.kill()
            process.join()


def run_program(
    arguments: list[str], environment: Mapping[str, str], terminal: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run open311 to its end, as started_program does."""
    with started_program(arguments, environment, terminal) as program:
        program.process.join()
        texts = program.output.read_text(), "" if terminal else program.error.read_text()
    return subprocess.CompletedProcess(arguments, program.process.exitcode or 0, *texts)


def _run(arguments: list[str], environment: Mapping[str, str], output: Path, error: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, file in ((1, output), (2, error)):
        os.dup2(os.open(file, os.O_CREAT | os.O_WRONLY), number)
    hash_lightly()
    hurry_jobs()
    sys.argv = ["open311", *arguments]
    main()
