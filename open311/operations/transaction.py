"""The transaction around an operation: one commit, or nothing at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from open311.database import db
from open311.errors import Busy
from open311.messages.access import CHANGE_TOO_SLOW, LOCKED_BY_OTHERS

ATTEMPTS = 3
"""Attempts before a conflict with another transaction is an error."""

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"

_MESSAGE_OF = {
    SERIALIZATION_FAILURE: LOCKED_BY_OTHERS,
    DEADLOCK_DETECTED: LOCKED_BY_OTHERS,
    LOCK_NOT_AVAILABLE: LOCKED_BY_OTHERS,
    QUERY_CANCELED: CHANGE_TOO_SLOW,
}

P = ParamSpec("P")
R = TypeVar("R")

_running: ContextVar[str | None] = ContextVar("running_operation", default=None)


class NestedOperation(RuntimeError):
    """An operation was called inside another, whose first half would be committed."""


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function as one transaction: commit when it returns, roll back when it raises.

    A transaction that PostgreSQL aborts because of another one (serialization failure or deadlock)
    runs again, ATTEMPTS times at most. Raises Busy if that does not help, or if the transaction has
    waited too long; raises NestedOperation inside another operation.
    https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with _alone(function.__name__):
            for _ in range(ATTEMPTS - 1):
                try:
                    return _commit(function, *args, **kwargs)
                except OperationalError as error:
                    if _state(error) not in (SERIALIZATION_FAILURE, DEADLOCK_DETECTED):
                        raise _busy(error) or error from error
            try:
                return _commit(function, *args, **kwargs)
            except OperationalError as error:
                raise _busy(error) or error from error

    return run


def trial(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function in a transaction that is always rolled back, as a preview."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with _alone(function.__name__):
            try:
                return function(*args, **kwargs)
            finally:
                db.session.rollback()

    return run


def _commit(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        result = function(*args, **kwargs)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return result


def _state(error: OperationalError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _busy(error: OperationalError) -> Busy | None:
    message = _MESSAGE_OF.get(_state(error) or "")
    return None if message is None else Busy(message)


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
