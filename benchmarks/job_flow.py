"""How long jobs take that do nothing, which is what the queue takes itself."""

import time
from collections.abc import Mapping

from open311.app import create_app
from open311.job_queue import defer
from open311.jobs.engine import run_waiting
from open311.jobs.registry import task
from open311.operations.transaction import operation

JOBS = 2_000


@task("benchmark.nothing")
def nothing(number: int) -> None:
    """Do nothing."""


@operation
def _add(jobs: int) -> None:
    for number in range(jobs):
        defer("benchmark.nothing", number=number)


def job_seconds(settings: Mapping[str, str]) -> tuple[float, float]:
    """Return what a job takes that does nothing, one after the other: seconds, and those of CPU.

    From being found to being deleted. The CPU is that of the program.
    """
    app = create_app(settings)
    with app.app_context():
        _add(JOBS)
    started, before = time.perf_counter(), time.process_time()
    run_waiting(app, with_periodic=False)
    whole, cpu = time.perf_counter() - started, time.process_time() - before
    return whole / JOBS, cpu / JOBS
