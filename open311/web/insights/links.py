"""Where figures lead: to the requests behind them, to files, and to definitions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.vocabulary.promises import PROMISE_RESULTS

WORK = {"work": "true"}

FELL_DUE = tuple(PROMISE_RESULTS)
"""All ways in which a due date ends, as in Promises.fell_due."""

LinkTo = Callable[..., str]
"""Returns the URL of the list of requests with the filters of the page, and some others."""


@dataclass(frozen=True)
class Links:
    """Links of a page; csv returns the URL of a figure's file by its key."""

    requests: LinkTo
    csv: Callable[[str], str]


ListFilters = Mapping[str, str | Sequence[str]]
"""Filters of a list; several values are alternatives."""


def days(begin: date, number: int = 7, of: str = "") -> dict[str, str]:
    """Return the filters of some days, a week if not said otherwise, in which requests were due, or
    closed, by the beginning of their names; without one, in which they were received.
    """
    last = begin + timedelta(days=number - 1)
    return {f"{of}since": f"{begin:%F}", f"{of}until": f"{last:%F}"}


def received(begin: date, number: int = 7) -> ListFilters:
    """Return the filters of work that was received in some days."""
    return {**days(begin, number), **WORK}


def closed(begin: date, number: int = 7) -> ListFilters:
    """Return the filters of work that was closed in some days, also if it was reopened since."""
    return {**days(begin, number, "closed_"), **WORK}


def due(begin: date, number: int = 7, results: Sequence[str] = FELL_DUE) -> ListFilters:
    """Return the filters of work whose due dates were in some days and ended in some ways."""
    return {**days(begin, number, "due_"), "promise": results, **WORK}
