"""Alerts for the public: about what, where, how often, and their states."""

from collections.abc import Mapping
from datetime import timedelta

from schemas.vocabulary.marking import N_

CITY, BOUNDARY, CIRCLE, AREA = "city", "boundary", "circle", "area"

ALERT_PLACES = (CITY, BOUNDARY, CIRCLE, AREA)
"""Where: the whole city, a boundary by its code, around a place, or a drawn area."""

NEW, CLOSED, BOTH = "new", "closed", "both"

ALERT_EVENTS = (NEW, CLOSED)
"""What happens to a request: it becomes public, or it is closed."""

ALERT_SUBJECTS: Mapping[str, str] = {
    NEW: N_("New requests"),
    CLOSED: N_("Closed requests"),
    BOTH: N_("New and closed requests"),
}
"""What an alert is about, with the names on pages and in emails."""

AT_ONCE, DAILY, WEEKLY = "at_once", "daily", "weekly"

ALERT_RHYTHMS: Mapping[str, str] = {
    AT_ONCE: N_("Within minutes, but not at night"),
    DAILY: N_("Once a day, at 8:00"),
    WEEKLY: N_("Once a week, on Monday at 8:00"),
}
"""When its emails are sent, with the names on pages."""

UNCONFIRMED, ON, PAUSED, ENDED = "unconfirmed", "on", "paused", "ended"

ALERT_STATES = (UNCONFIRMED, ON, PAUSED, ENDED)

COLLECTED = timedelta(minutes=5)
"""Time for which requests are collected before an email that is sent within minutes."""

MORNING = 8
"""Local hour at which the emails of a day and of a week are sent. It is the end of quiet hours."""

MOST_SERVICES = 50
"""Services that an alert may name; one without any is about all."""
