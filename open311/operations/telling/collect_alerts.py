"""From changes of service requests to the messages of alerts that tell them."""

from datetime import datetime, timedelta

from sqlalchemy import select

from open311.database import db, lift_time_limit
from open311.models import AlertClock
from open311.operations.transaction import operation
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.last_change import settled_change
from open311.queries.telling.alerts import find_end, find_matches
from open311.steps.telling.alert_messages import store_cursor, store_matches

BATCH = 50
"""Changes in one transaction: each may match thousands of alerts."""

SECONDS = 50
"""Limit of a statement."""

LATEST = timedelta(days=3)
"""Age at which nothing is sent any more, as after a time without a running worker."""


@operation
def collect_alerts(jurisdiction_id: str, now: datetime) -> bool:
    """Compare the next changes of a city with its alerts, and return whether more follow.

    What matches and the cursor are stored together, so that nothing is lost or told twice. Does
    nothing while another process does it.
    """
    lift_time_limit(SECONDS)
    clock = AlertClock.jurisdiction_id == jurisdiction_id
    after = db.session.scalar(
        select(AlertClock.cursor).where(clock).with_for_update(skip_locked=True)
    )
    if after is None:
        return False
    settled = settled_change()
    if settled <= after:
        return False
    end, is_full = find_end(jurisdiction_id, after, settled, BATCH)
    jurisdiction = get_jurisdiction(jurisdiction_id)
    matches = find_matches(jurisdiction, after, end, now - LATEST)
    if matches:
        store_matches(jurisdiction_id, jurisdiction.zone, matches, now)
    store_cursor(jurisdiction_id, end)
    return is_full
