"""Times of a CQL2 filter, as the standard writes them (OGC 21-065r2, 6.4)."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from geo.errors import InvalidFilter

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def checked_day(text: Any) -> date:
    """Read a day; raises InvalidFilter."""
    try:
        if not isinstance(text, str) or not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidFilter("filter.date", field="filter") from None


def checked_moment(text: Any) -> datetime:
    """Read a moment, in UTC; raises InvalidFilter."""
    try:
        if not isinstance(text, str) or not _MOMENT.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidFilter("filter.timestamp", field="filter") from None


def checked_end(end: Any) -> str:
    """Read an end of an interval: a day, a moment or .. for none; raises InvalidFilter."""
    if isinstance(end, Mapping) and len(end) == 1:
        end = next(iter(end.values()))
    if end == "..":
        return ".."
    if isinstance(end, str) and _DAY.fullmatch(end):
        return checked_day(end).isoformat()
    return checked_moment(end).isoformat()
