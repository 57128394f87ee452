"""Procrastinate's worker, without its waits for jobs that could run already."""

import asyncio
from typing import Any

from procrastinate.job_context import JobContext
from procrastinate.worker import Worker


class AttentiveWorker(Worker):
    """A worker that looks for jobs when one with a lock has ended.

    The next job with that lock was announced while it could not run yet. Procrastinate would find
    it when it polls. It also forgets what is announced while it looks; this worker looks again.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._new_job_event = self._announced = _CountedEvent()
        self.running = 0  # jobs

    async def _process_job(self, context: JobContext) -> None:
        self.running += 1
        try:
            await super()._process_job(context)
        finally:
            self.running -= 1
        if context.job.lock is not None:
            self._announced.set()

    async def _fetch_and_process_jobs(self) -> None:
        before = self._announced.times
        await super()._fetch_and_process_jobs()  # type: ignore[no-untyped-call]
        if self._announced.times != before:
            self._announced.set()


class _CountedEvent(asyncio.Event):
    """An event that knows how many times it was set."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def set(self) -> None:
        self.times += 1
        super().set()
