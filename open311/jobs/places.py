"""Places of cities for figures, which take seconds to find: every night."""

import logging
from datetime import UTC, datetime

from open311.database import end_reads, lift_time_limit
from open311.errors import Busy
from open311.jobs.registry import periodic
from open311.logs import log_failure
from open311.operations.insights_places import store_places
from open311.queries.city import City
from open311.web.freshness import snapshots
from open311.web.insights.kept_places import make_places

log = logging.getLogger(__name__)


@periodic("50 3 * * *")
def find_places() -> None:
    """Find the places of all cities."""
    keep_places()


def keep_places() -> int:
    """Find and store the places of all cities, and return the number of cities.

    One whose figures are not ready keeps those of the night before. A failure in one city is
    logged, and raised after the others.
    """
    number, failures = 0, list[Exception]()
    for id_, city in snapshots().current().cities.items():
        try:
            _keep(city)
            number += 1
        except Busy:
            log.info("The places of %s wait for its figures.", id_)
        except Exception as error:
            end_reads()  # a transaction in which a statement failed answers no others
            log_failure(log, f"Places of {id_}", error)
            failures.append(error)
    if failures:
        raise ExceptionGroup("places", failures)
    return number


def _keep(city: City) -> None:
    lift_time_limit()
    now = datetime.now(UTC)
    week, documents = make_places(city, now)
    store_places(city.scope, week, now, documents)
