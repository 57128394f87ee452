"""The city's own function that hears of failures, such as one that sends them to its monitoring."""

import atexit
import logging
from collections.abc import Callable, Mapping
from queue import Full, Queue
from threading import Lock, Thread

MOST_WAITING = 100
"""Failures that wait for the function. More are dropped: the log has them all."""

LAST_SECONDS = 5
"""For how long a process that ends waits for the function: a command may end with its failure."""

Hook = Callable[[Mapping[str, str]], object]

log = logging.getLogger(__name__)


class ErrorHook:
    """A function that is called in a thread of its own, one failure after the other."""

    def __init__(self, function: Hook) -> None:
        self._function = function
        self._waiting: Queue[Mapping[str, str]] = Queue(MOST_WAITING)
        self._starting = Lock()
        self._thread: Thread | None = None

    def pass_on(self, failure: Mapping[str, str]) -> None:
        """Let the function have a failure later; never waits, and drops it if too many wait.

        failure has what failed, its reference in the log, and its description: types and places,
        without the texts of errors.
        """
        try:
            self._waiting.put_nowait(failure)
        except Full:
            return
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="error hook", daemon=True)
                self._thread.start()
                atexit.register(self._finish)

    def _finish(self) -> None:
        done = self._waiting.all_tasks_done
        with done:
            done.wait_for(lambda: self._waiting.unfinished_tasks == 0, LAST_SECONDS)

    def _run(self) -> None:
        while True:
            failure = self._waiting.get()
            try:
                self._function(failure)
            except Exception as error:  # of a function that is not ours
                kind = type(error).__name__
                log.warning("OPEN311_ERROR_HOOK failed with %s: see its own log.", kind)
            finally:
                self._waiting.task_done()
