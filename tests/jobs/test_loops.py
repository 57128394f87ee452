"""What a process of jobs repeats beside them."""

import asyncio
import threading

import pytest
from applications import propagating
from flask import Flask, current_app
from sample_jobs import SECRET
from servers import wait_until

from open311.jobs import engine
from open311.jobs.engine import Engine, run_waiting
from open311.jobs.mail import Pace
from open311.jobs.registry import LOOPS, Loop, every, is_stopping, periodic, task

runs: list[str] = []


@pytest.fixture(autouse=True)
def loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two loops, one of which fails at first, and one that this city does not need."""

    def note() -> None:
        runs.append(current_app.name)

    def stumble() -> None:
        runs.append("stumble")
        if runs.count("stumble") < 3:
            raise ValueError(SECRET)

    def useless() -> None:
        runs.append("useless")

    runs.clear()
    for run, is_needed in ((note, True), (stumble, True), (useless, False)):
        loop = Loop(run.__name__, run, 0.01, lambda _app, is_needed=is_needed: is_needed)
        monkeypatch.setitem(LOOPS, run.__name__, loop)
    monkeypatch.setattr(engine, "PAUSE", 0.01)


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that has always more to do."""

    def work() -> None:
        runs.append("work")
        pace, stops = Pace(), is_stopping.get()
        while not stops():
            pace.rest()

    monkeypatch.setitem(LOOPS, "work", Loop("work", work, 0.01, lambda _app: True))


@pytest.mark.usefixtures("working")
def test_loops_run_again_and_again_also_after_a_failure(
    empty_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with propagating("open311"):
        running = Engine(empty_app)
        thread = threading.Thread(target=lambda: asyncio.run(running.run()))
        thread.start()
        try:
            assert wait_until(lambda: min(map(runs.count, ("open311", "stumble"))) > 4)
        finally:
            running.stop()
            thread.join()
    assert "useless" not in runs
    assert runs.count("work") == 1
    assert "Loop work failed" not in caplog.text
    assert "Loop stumble failed, reference " in caplog.text
    assert SECRET not in caplog.text
    assert not [one for one in threading.enumerate() if one.name.startswith("jobs")]


def test_what_is_due_includes_one_turn_of_each_loop(empty_app: Flask) -> None:
    runs.append("stumble")
    runs.append("stumble")
    run_waiting(empty_app, with_periodic=False)
    assert runs[2:] == ["open311", "stumble"]


def test_two_functions_of_the_same_name_are_refused() -> None:
    def fold() -> None:
        """Do nothing."""

    def note() -> None:
        """Do nothing."""

    with pytest.raises(ValueError, match="Two functions are registered as fold"):
        periodic("* * * * *")(fold)
    with pytest.raises(ValueError, match=r"as sample\.note"):
        task("sample.note")(fold)
    with pytest.raises(ValueError, match="as note"):
        every(1)(note)
