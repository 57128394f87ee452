"""The transaction around an operation: one commit, or nothing at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from open311.database import db

ATTEMPTS = 3
"""Attempts before a conflict with another transaction is an error."""

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"

P = ParamSpec("P")
R = TypeVar("R")

_running: ContextVar[str | None] = ContextVar("running_operation", default=None)


class NestedOperation(RuntimeError):
    """An operation was called inside another, whose first half would be committed."""


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function as one transaction: commit when it returns, roll back when it raises.

    A transaction that PostgreSQL aborts because of another one (serialization failure or deadlock)
    runs again, ATTEMPTS times at most. Raises NestedOperation inside another operation.
    https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with _alone(function.__name__):
            for _ in range(ATTEMPTS - 1):
                try:
                    return _commit(function, *args, **kwargs)
                except OperationalError as error:
                    if not _may_run_again(error):
                        raise
            return _commit(function, *args, **kwargs)

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


def _may_run_again(error: OperationalError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in (SERIALIZATION_FAILURE, DEADLOCK_DETECTED)


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
