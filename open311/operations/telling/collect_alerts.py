"""From changes of service requests to the messages of alerts that tell them."""

from datetime import datetime, timedelta

from open311.operations.transaction import operation
from open311.queries.telling.alert_turns import begin_turn, find_end
from open311.queries.telling.alerts import find_matches
from open311.steps.telling.alert_messages import store_cursor, store_matches

LATEST = timedelta(days=3)
"""Age at which nothing is sent any more, as after a time without a running worker."""


@operation
def collect_alerts(jurisdiction_id: str, now: datetime) -> bool:
    """Compare the next changes of a city with its alerts, and return whether more follow.

    What matches and the cursor are stored together, so that nothing is lost or told twice. Does
    nothing while another process does it.
    """
    turn = begin_turn(jurisdiction_id)
    if turn is None or turn.settled <= turn.cursor:
        return False
    end, is_full = find_end(jurisdiction_id, turn)
    matches = find_matches(jurisdiction_id, turn.cursor, end, now - LATEST)
    if matches:
        store_matches(jurisdiction_id, turn.zone, matches, now)
    store_cursor(jurisdiction_id, end)
    return is_full
