"""How many days requests usually take, beside what is promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from cachetools import LRUCache, cached

from open311.errors import Busy
from open311.figures.measures import FEWEST
from open311.figures.survival import Curve
from open311.queries.city import City
from open311.queries.insights.population import By, find_population
from open311.queries.insights.times import times_of_received
from open311.queries.search.visibility import Audience

PERIOD = timedelta(days=180)

HOURS_OF_DAY = 24


@dataclass(frozen=True)
class UsualDays:
    """Days after which half, and nine in ten requests are closed; None if fewer are closed yet."""

    half: int | None
    nine_in_ten: int | None


_USUAL: LRUCache[object, Mapping[str, UsualDays]] = LRUCache(maxsize=64)


def usual_days(city: City, now: datetime) -> Mapping[str, UsualDays]:
    """Return the usual days of services by code, from FEWEST public requests on.

    They are calculated once a day in each process, from what was received in the last 180 days.
    Returns none while figures are being made.
    """
    try:
        return _usual_days(city, now)
    except Busy:
        return {}


@cached(_USUAL, key=City.day_key, lock=Lock())
def _usual_days(city: City, now: datetime) -> Mapping[str, UsualDays]:
    population = find_population(city.scope, Audience.PUBLIC, now)
    found = times_of_received(population, now - PERIOD, None, By("service"))
    curves = {code: one.curve for code, one in found.items() if one.curve.n >= FEWEST}
    return {code: UsualDays(_days(curve, 0.5), _days(curve, 0.9)) for code, curve in curves.items()}


def _days(curve: Curve, share: float) -> int | None:
    hours = curve.quantile(share).value
    return None if hours is None else -(-hours // HOURS_OF_DAY)
