"""Upkeep of what figures are made from: every minute, every night, and by command."""

import logging
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from open311.jobs.registry import periodic
from open311.operations.insights import check_days, check_facts, fold_facts
from open311.queries.insights.population import find_first_day
from open311.queries.jurisdictions import Scope, list_jurisdictions

log = logging.getLogger(__name__)

MONTH = relativedelta(months=1)


@periodic("* * * * * 45")
def keep_figures() -> None:
    """Make the facts of requests that have changed."""
    fold_figures()


def fold_figures() -> int:
    """Make the facts of all requests that have changed, and return their number."""
    return sum(_fold(jurisdiction) for jurisdiction in list_jurisdictions())


def _fold(jurisdiction: Scope) -> int:
    total, number = 0, 1
    while number:
        number = fold_facts(jurisdiction)
        total += number
    return total


def check_figures() -> int:
    """Check the last two months and one other of each jurisdiction; return what was corrected.

    Nothing should ever be wrong: a difference is logged as an error.
    """
    total = 0
    for jurisdiction in list_jurisdictions():
        every = list(months(jurisdiction))
        others = every[:-2]
        chosen = [random.choice(others)] if others else []  # noqa: S311
        number = sum(_check(jurisdiction, month) for month in [*chosen, *every[-2:]])
        if number:
            name = jurisdiction.jurisdiction_id
            log.error("Figures of %s differed from its requests, and were corrected.", name)
        total += number
    return total


def months(jurisdiction: Scope) -> Iterator[date]:
    """Yield the first days of the months with requests, up to the present one."""
    first = find_first_day(jurisdiction)
    if first is None:
        return
    # In the city, it may have been the last day of the month before.
    month, today = (first - timedelta(days=1)).replace(day=1), datetime.now(UTC).date()
    while month <= today:
        yield month
        month += MONTH


def _check(jurisdiction: Scope, month: date) -> int:
    """Check the requests received in a month and the sums of its days; return what was wrong."""
    end = month + MONTH
    return check_facts(jurisdiction, month, end) + check_days(jurisdiction, month, end)


def rebuild_figures(jurisdiction: Scope) -> tuple[int, int]:
    """Make and check the figures of all months; return how many requests were new, and corrected.

    Figures that could be read before can be read while it runs.
    """
    folded = _fold(jurisdiction)
    return folded, sum(_check(jurisdiction, month) for month in months(jurisdiction))
