"""Where figures lead: to the requests behind them, to files, and to definitions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

LinkTo = Callable[..., str]
"""Returns the URL of the list of requests with the filters of the page, and some others."""


@dataclass(frozen=True)
class Links:
    """Links of a page; csv returns the URL of a figure's file by its key."""

    requests: LinkTo
    csv: Callable[[str], str]


def days(begin: date, number: int = 7) -> dict[str, str]:
    """Return the filters of what was received in some days, a week if not said otherwise."""
    last = begin + timedelta(days=number - 1)
    return {"since": f"{begin:%F}", "until": f"{last:%F}"}
