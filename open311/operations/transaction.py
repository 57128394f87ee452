"""The transaction around an operation: one commit, or nothing at all."""

import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from open311.actor import name_actor
from open311.database import db, find_lifted_limit, lift_time_limit
from open311.errors import Busy
from open311.messages.access import CHANGE_TOO_SLOW, LOCKED_BY_OTHERS
from open311.messages.message import Message
from open311.statements import note_position

ATTEMPTS = 3
"""Attempts before a conflict with another transaction is an error."""

PAUSES = (0.3, 0.5, 1, 1)
"""Seconds to wait for a lock without a connection, which others need, before each new attempt.

A worker's attempt itself waits LOCK_MILLISECONDS (database.py) at most.
"""

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"

_PAUSES_AFTER: dict[str | None, Sequence[float]] = {
    SERIALIZATION_FAILURE: (0,) * (ATTEMPTS - 1),
    DEADLOCK_DETECTED: (0,) * (ATTEMPTS - 1),
    LOCK_NOT_AVAILABLE: PAUSES,
}

_MESSAGE_OF: dict[str | None, Message] = {
    **dict.fromkeys(_PAUSES_AFTER, LOCKED_BY_OTHERS),
    QUERY_CANCELED: CHANGE_TOO_SLOW,
}

P = ParamSpec("P")
R = TypeVar("R")

_running: ContextVar[str | None] = ContextVar("running_operation", default=None)

_also: ContextVar[Callable[[], None] | None] = ContextVar("also_stored", default=None)


class NestedOperation(RuntimeError):
    """An operation was called inside another, whose first half would be committed."""


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function as one transaction: commit when it returns, roll back when it raises.

    A transaction that PostgreSQL aborts because of another one (serialization failure or deadlock)
    runs again, ATTEMPTS times at most, and one that needs what another has locked, after each of
    PAUSES. Raises Busy if that does not help, or if a statement took too long; raises
    NestedOperation inside another operation.
    https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with _alone(function.__name__):
            return _until_it_ends(lambda: _commit(function, *args, **kwargs))

    return run


@contextmanager
def together_with(step: Callable[[], None]) -> Iterator[None]:
    """Store what a step stores in the transaction of each operation of the block, at its end.

    Neither is there without the other, also if the process is killed. The step runs again when the
    operation does, and what it raises rolls both back.
    """
    token = _also.set(step)
    try:
        yield
    finally:
        _also.reset(token)


def trial(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function in a transaction that is always rolled back, as a preview; raises Busy."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with _alone(function.__name__):
            return _until_it_ends(lambda: _roll_back(function, *args, **kwargs))

    return run


def _until_it_ends(attempt: Callable[[], R]) -> R:
    limit = find_lifted_limit()
    for number in itertools.count():
        try:
            if number and limit is not None:  # the rollback took back what the caller had lifted
                lift_time_limit(limit)
            return attempt()
        except OperationalError as error:
            state = getattr(error.orig, "sqlstate", None)
            pauses = _PAUSES_AFTER.get(state, ())
            if number >= len(pauses):
                message = _MESSAGE_OF.get(state)
                raise error if message is None else Busy(message) from error
        # Of two that wait for each other, one comes first.
        time.sleep(pauses[number] * random.uniform(0.5, 1))  # noqa: S311
    raise AssertionError


def _commit(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        name_actor()
        result = function(*args, **kwargs)
        also = _also.get()
        if also is not None:
            also()
        if db.session.registry.has():  # without a session, all is committed
            db.session.commit()
            note_position()
    except BaseException:
        db.session.rollback()
        raise
    return result


def _roll_back(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return function(*args, **kwargs)
    finally:
        db.session.rollback()


@contextmanager
def _alone(name: str) -> Iterator[None]:
    outer = _running.get()
    if outer is not None:
        raise NestedOperation(f"{name} was called by {outer}: make the shared part a step.")
    token = _running.set(name)
    try:
        yield
    finally:
        _running.reset(token)
