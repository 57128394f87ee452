"""How the pages of staff put things: statuses, roles and moments, in the language of who reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from flask_babel import lazy_gettext

from open311.messages.names import ROLE_NAMES, STATUS_NAMES
from open311.web.languages import language, say

TRIAGE_NAMES: Mapping[str, Any] = {
    "near_border": lazy_gettext("near a border"),
    "no_place": lazy_gettext("no place found"),
    "address_mismatch": lazy_gettext("address far from its pin"),
    "odd_place": lazy_gettext("odd place"),
    "handed_over_often": lazy_gettext("handed over often"),
}

SORT_NAMES: Mapping[str, Any] = {
    "-requested_datetime": lazy_gettext("newest first"),
    "requested_datetime": lazy_gettext("oldest first"),
    "-updated_datetime": lazy_gettext("last changed first"),
    "due": lazy_gettext("due first"),
}

HAPPENING_NAMES: Mapping[str, Any] = {
    "status": lazy_gettext("Status"),
    "accepted": lazy_gettext("Taken on"),
    "handed_over": lazy_gettext("Handed over"),
    "moved": lazy_gettext("Moved"),
    "service_changed": lazy_gettext("Service changed"),
    "carried_over": lazy_gettext("Routed by a new map"),
    "undone": lazy_gettext("Put back by undoing that"),
    "pinned": lazy_gettext("Pinned"),
    "unpinned": lazy_gettext("Unpinned"),
    "noted": lazy_gettext("Note"),
    "assigned": lazy_gettext("In the hands of"),
    "released": lazy_gettext("Released"),
    "linked": lazy_gettext("Repeats"),
    "unlinked": lazy_gettext("Repeats none"),
    "waits": lazy_gettext("Waits for who reported"),
    "resumed": lazy_gettext("Goes on"),
}


def sort_name(sort: str) -> str:
    """Say an order of the list."""
    return str(SORT_NAMES[sort])


def happening_name(kind: str) -> str:
    """Say what kind of thing happened."""
    return str(HAPPENING_NAMES[kind])


def role_name(role: str) -> str:
    """Say a role."""
    return say(ROLE_NAMES[role])


def status_name(status: str) -> str:
    """Say a status, detailed or not."""
    return say(STATUS_NAMES[status]) if status in STATUS_NAMES else status.replace("_", " ")


def triage_names(reasons: str | None) -> list[str]:
    """Say what a service request waits for, from reasons with blanks between them."""
    return [str(TRIAGE_NAMES.get(one, one.replace("_", " "))) for one in (reasons or "").split()]


def moment_words(moment: datetime | None, zone: ZoneInfo) -> str:
    """Say a moment in a zone: day and time; nothing for None."""
    if moment is None:
        return ""
    local, locale = moment.astimezone(zone), language()
    return f"{format_date(local, 'medium', locale)}, {format_time(local, 'short', locale=locale)}"


def day_words(moment: datetime | None, zone: ZoneInfo) -> str:
    """Say the day of a moment in a zone, without its year; nothing for None."""
    if moment is None:
        return ""
    return str(format_skeleton("MMMd", moment.astimezone(zone), locale=language()))
