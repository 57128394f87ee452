"""The worker that runs jobs, in a process of its own: one of gunicorn, or open311 jobs run.

Whatever fails, it begins again, as the database may be restarted at any time.
"""

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import procrastinate
from flask import Flask
from procrastinate.periodic import PeriodicDeferrer
from procrastinate.worker import Worker

from open311.jobs import (  # noqa: F401 -- they register what the worker runs
    bulk,
    erasures,
    forwarding,
    insights,
    mail,
    maintenance,
    open_data,
    places,
    reports,
    routing,
    webhooks,
)
from open311.jobs.registry import LOOPS, Loop, is_stopping
from open311.jobs.tasks import LATEST, opened_queue
from open311.jobs.worker import AttentiveWorker
from open311.logs import log_failure

CONCURRENCY = 3
"""Jobs at a time: others go on while one waits for a server."""

HEARTBEAT = 5
"""Seconds between two signs of life of a worker."""

SILENCE = 25
"""Seconds without one after which the jobs of a worker are taken from it."""

RESCUE = 10
"""Seconds between two looks for such jobs, beside the worker: it may be busy with long jobs."""

POLL = 5
"""Seconds between two looks for jobs whose time has come; new ones are announced."""

PAUSE = 1
"""Seconds before what has failed begins again. They double with each further failure."""

LONGEST_PAUSE = 8
"""Most seconds of such a pause, which also follow the return of a database that was away."""

STEADY = 60
"""Seconds after which a worker that runs has recovered from its failures."""

STOP_SECONDS = 10
"""Most seconds that gunicorn waits for jobs when it ends. Others take over what is left."""

WATCH = 1
"""Seconds between two questions to gunicorn whether jobs are still wanted."""

LONGEST_RUN = 6 * 3600
"""Seconds after which a process of gunicorn without a running job gives way to a new one.

Memory that long jobs took, and connections, are given back.
"""

NICENESS = 10
"""How much the process of jobs yields the processor to HTTP requests, as in nice(1)."""

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)

# One statement, so that no other worker takes a job between being found and being put back. A job
# that ends its worker each time, such as by its memory, comes back later and later.
_RESCUE = """
    SELECT procrastinate_retry_job_v2(
        stalled.id, now() + least(stalled.attempts, 60) * interval '10 seconds', NULL, NULL, NULL)
    FROM (
        SELECT job.id, job.attempts FROM procrastinate_jobs job
        LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
        WHERE job.status = 'doing' AND (worker.id IS NULL
            OR worker.last_heartbeat < now() - %(silence)s * interval '1 second')
        FOR UPDATE OF job SKIP LOCKED
    ) stalled
"""

log = logging.getLogger(__name__)


class Engine:
    """Runs jobs, periodic tasks, and loops of an application until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._is_stopped = False
        self._worker: AttentiveWorker | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no job is running, and the engine is not stopping yet."""
        return not self._is_stopped and self._worker is not None and not self._worker.running

    def stop(self) -> None:
        """Let run end after the running jobs; from any thread, and from a signal handler."""
        self._is_stopped = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._stop.set)

    async def run(self) -> None:
        """Run until stop, and until the running jobs have ended."""
        self._loop = asyncio.get_running_loop()
        is_stopping.set(lambda: self._is_stopped)
        if self._is_stopped:
            return
        needed = [one for one in LOOPS.values() if one.needed(self._app)]
        self._loop.set_default_executor(ThreadPoolExecutor(CONCURRENCY + len(needed), "jobs"))
        loops = [asyncio.create_task(self._repeat(one)) for one in needed]
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                await self._serve()
            except Exception as error:
                log_failure(log, "The worker of jobs", error)
            failures = 1 if time.monotonic() - began > STEADY else failures + 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _pause_after(failures))
        for one in loops:
            one.cancel()

    async def _serve(self) -> None:
        async with opened_queue(self._app, with_periodic=True) as queue:
            worker = self._worker = _worker(queue)
            others = [
                asyncio.create_task(self._pass_on_stop(worker)),
                asyncio.create_task(_look_after(queue, worker)),
            ]
            try:
                await worker.run()
            finally:
                for one in others:
                    one.cancel()

    async def _pass_on_stop(self, worker: Worker) -> None:
        await self._stop.wait()
        worker.stop()

    async def _repeat(self, one: Loop) -> None:
        failures = 0
        while not self._is_stopped:
            failures = 0 if await self._try_loop(one) else failures + 1
            await asyncio.sleep(max(one.seconds, _pause_after(failures)))

    async def _try_loop(self, one: Loop) -> bool:
        """Run a loop once, and return whether it succeeded: the others must not wait for it."""
        try:
            await asyncio.to_thread(self._run_loop, one)
        except Exception as error:
            log_failure(log, f"Loop {one.name}", error)
            return False
        return True

    def _run_loop(self, one: Loop) -> None:
        with self._app.app_context():
            one.run()

    async def run_waiting(self, *, with_periodic: bool) -> None:
        """Run what is waiting, one after the other, and end."""
        for one in LOOPS.values():
            if one.needed(self._app):
                await self._try_loop(one)
        async with opened_queue(self._app, with_periodic=with_periodic) as queue:
            await _rescue(queue)
            due = PeriodicDeferrer(queue.periodic_registry, LATEST)
            await due.defer_jobs(due.get_previous_tasks(time.time()))
            await _worker(queue, ends=True).run()


def _pause_after(failures: int) -> float:
    return min(PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) if failures else 0


def _worker(queue: procrastinate.App, *, ends: bool = False) -> AttentiveWorker:
    """Return a worker; one that ends does so when no job is left that could run now."""
    return AttentiveWorker(
        queue,
        concurrency=1 if ends else CONCURRENCY,
        wait=not ends,
        listen_notify=not ends,
        delete_jobs="successful",
        install_signal_handlers=False,
        fetch_job_polling_interval=POLL,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=SILENCE,
    )


async def _look_after(queue: procrastinate.App, worker: Worker) -> None:
    """Rescue jobs of workers that were killed, and show that this one lives while it is ending."""
    while True:
        try:
            await _rescue(queue)
            if worker.worker_id is not None:
                await queue.job_manager.update_heartbeat(worker.worker_id)
        except Exception as error:
            log_failure(log, "The rescue of jobs", error)
        await asyncio.sleep(RESCUE)


async def _rescue(queue: procrastinate.App) -> None:
    rescued = await queue.connector.execute_query_all_async(_RESCUE, silence=SILENCE)
    if rescued:
        log.warning("Jobs of a worker that has gone were put back: %d.", len(rescued))


def run_until_signal(app: Flask, is_wanted: Callable[[], bool] | None = None) -> None:
    """Run jobs until SIGTERM, SIGINT, or SIGQUIT, and until the running ones have ended.

    A second signal ends the process at once. With is_wanted, the process belongs to another one:
    is_wanted is called each second, and ends the run by returning False; jobs have STOP_SECONDS to
    end, and further signals change nothing.
    """
    os.nice(NICENESS)
    engine = Engine(app)

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            engine.stop()
            if is_wanted is not None:
                loop.call_later(STOP_SECONDS, _end_without_jobs)
                return
            for one in SIGNALS:
                loop.remove_signal_handler(one)

        for one in SIGNALS:
            loop.add_signal_handler(one, stop)
        watch = None if is_wanted is None else loop.create_task(_watch(is_wanted, engine, stop))
        await engine.run()
        if watch is not None:
            watch.cancel()

    asyncio.run(run())


async def _watch(is_wanted: Callable[[], bool], engine: Engine, stop: Callable[[], None]) -> None:
    began = time.monotonic()
    while is_wanted():
        if engine.is_idle and time.monotonic() - began >= LONGEST_RUN:
            log.info("The process of jobs gives way to a new one.")
            engine.stop()
        await asyncio.sleep(WATCH)
    stop()


def run_waiting(app: Flask, *, with_periodic: bool = True) -> None:
    """Run the jobs that are waiting and due, and what they add; then return."""
    run = Engine(app).run_waiting(with_periodic=with_periodic)
    with ThreadPoolExecutor(1) as thread:  # that of the caller may have an event loop already
        thread.submit(asyncio.run, run).result()


def _end_without_jobs() -> None:
    """End the process now: Python would wait for the threads of the jobs that still run."""
    log.warning("A job was still running. Another worker begins it again.")
    os._exit(0)
