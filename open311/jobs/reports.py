"""Weekly reports: made on Monday at 6:00 in each city, or as soon as a server runs again."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from geo.routing.mornings import hour_of
from open311.database import end_reads
from open311.errors import Busy
from open311.figures.measures import VERSION
from open311.jobs.registry import periodic
from open311.logs import log_failure
from open311.operations.reports import publish_report
from open311.queries.city import City
from open311.queries.insights.reports import find_last_week
from open311.queries.jurisdictions import Scope
from open311.web.freshness import snapshots
from open311.web.insights.report import make_documents

log = logging.getLogger(__name__)

HOUR = 6
"""Local hour of Monday at which the report of the week before is made."""

MOST_MISSED = 4
"""Weeks that are made up for, as after an outage; the newest one is among them."""

WEEK = timedelta(weeks=1)


@periodic("*/5 * * * * 25")
def publish_reports() -> None:
    """Publish the reports of weeks that are over and have none."""
    publish_due(datetime.now(UTC))


def publish_due(now: datetime) -> int:
    """Publish what is due at a moment (aware), and return how many reports were stored.

    What cannot be counted yet, as after an upgrade, is tried again the next time. A failure in one
    city is logged, and raised after the others.
    """
    total, failures = 0, list[Exception]()
    for id_, city in snapshots().current().cities.items():
        try:
            weeks = weeks_due(city.scope, now)
            total += sum(_publish(city, week, now, tell=week == weeks[-1]) for week in weeks)
        except Busy:
            log.info("The weekly report of %s waits for its figures.", id_)
        except Exception as error:
            end_reads()  # a transaction in which a statement failed answers no others
            log_failure(log, f"Weekly report of {id_}", error)
            failures.append(error)
    if failures:
        raise ExceptionGroup("weekly reports", failures)
    return total


def weeks_due(jurisdiction: Scope, now: datetime) -> Sequence[date]:
    """List the Mondays of weeks that are over and have no report, oldest first.

    A city without any report gets that of the last week alone.
    """
    today = now.astimezone(jurisdiction.zone).date()
    monday = today - timedelta(days=today.weekday())
    if now < hour_of(monday, HOUR, jurisdiction.zone):
        monday -= WEEK
    newest, published = monday - WEEK, find_last_week(jurisdiction)
    missed = 1 if published is None else (newest - published) // WEEK
    number = max(0, min(missed, MOST_MISSED))
    return [newest - step * WEEK for step in reversed(range(number))]


def _publish(city: City, week: date, now: datetime, *, tell: bool) -> bool:
    documents = make_documents(city, week, now)
    if documents is None:
        return False
    return publish_report(city.scope, week, now, VERSION, documents, tell=tell)
