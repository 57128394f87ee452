"""What the worker runs: tasks of jobs, tasks that recur by the clock, and loops."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask import Flask

WAITS = (60, 300, 1_800, 7_200, 21_600, 43_200)
"""Seconds to wait after each failure of a job, before it has failed for good: 22 hours in all."""

Run = Callable[..., object]

is_stopping: ContextVar[Callable[[], bool]] = ContextVar("is_stopping", default=lambda: False)
"""Whether the process of the jobs is about to end, as a loop that runs for long asks."""


@dataclass(frozen=True)
class Task:
    """A function that a job calls with its ids; waits are the seconds before each retry."""

    name: str
    run: Run
    waits: Sequence[float]


@dataclass(frozen=True)
class Periodic:
    """A function that runs at the times of a cron line, in UTC; without one, never."""

    name: str
    run: Callable[[], object]
    cron: Callable[[Flask], str | None]


@dataclass(frozen=True)
class Loop:
    """A function that each process of jobs repeats, with a pause in between, where it is needed."""

    name: str
    run: Callable[[], object]
    seconds: float
    needed: Callable[[Flask], bool]


TASKS: dict[str, Task] = {}
PERIODIC: dict[str, Periodic] = {}
LOOPS: dict[str, Loop] = {}


def task(name: str, *, retry: Sequence[float] = WAITS) -> Callable[[Run], Run]:
    """Return a decorator that registers a function as the task of this name.

    It gets the ids of a job, in an app context, and may run more than once for a job: a worker may
    be killed before the end is recorded. After an exception it runs again after the seconds of
    retry, one for each failure, and then fails for good. RetryLater sets the time of the next run
    itself, and never ends that series; it counts as a run of it.
    """

    def register(run: Run) -> Run:
        _add(TASKS, name, Task(name, run, retry))
        return run

    return register


def periodic(
    cron: str | Callable[[Flask], str | None],
) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Return a decorator that registers a function to run at the times of a cron line (UTC).

    Of all processes, one runs it; runs of the same function do not overlap. A sixth field of the
    line is the second. A failure is logged, and the next run comes at its time.
    """

    def register(run: Callable[[], object]) -> Callable[[], object]:
        name = run.__name__
        _add(PERIODIC, name, Periodic(name, run, cron if callable(cron) else lambda _app: cron))
        return run

    return register


def every(
    seconds: float, *, needed: Callable[[Flask], bool] = lambda _app: True
) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Return a decorator that registers a function to be repeated beside the jobs of a process.

    It runs in an app context, and must be safe to run in several processes at once. needed tells at
    the start of the worker whether this city needs it at all.
    """

    def register(run: Callable[[], object]) -> Callable[[], object]:
        name = run.__name__
        _add(LOOPS, name, Loop(name, run, seconds, needed))
        return run

    return register


def _add(registry: dict[str, Any], name: str, one: object) -> None:
    if registry.setdefault(name, one) is not one:
        raise ValueError(f"Two functions are registered as {name}.")
