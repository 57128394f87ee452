"""Public holidays by country and part of it, as the package holidays knows them."""

from datetime import date
from functools import lru_cache

import holidays


def is_known(code: str) -> bool:
    """Tell whether there are public holidays for a code such as US or US-OH."""
    try:
        _of_year(code, 2026)
    except NotImplementedError:
        return False
    return True


def is_public_holiday(code: str, day: date) -> bool:
    """Tell whether a day is a public holiday where the code says; an empty code knows none.

    Where one falls on a weekend, the day on which it is observed counts as well.
    """
    return bool(code) and day in _of_year(code, day.year)


@lru_cache(maxsize=200)
def _of_year(code: str, year: int) -> frozenset[date]:
    """Give the holidays of a year; raises NotImplementedError for a code that is not known."""
    country, _, subdivision = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdivision or None, years=year))
