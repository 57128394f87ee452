"""Values as spreadsheet programs write them by the settings of a computer."""

import re

from schemas.errors import Invalid

_COMMA = re.compile(r"([+-]?\d+),(\d+)", re.ASCII)

_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
"""A number such as 1,500, which is fifteen hundred in America and one and a half in Germany."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?(?:\s*([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_DAY_AND_MONTH = re.compile(r"(\d{1,2})[-. ]+([a-z]{3})|([a-z]{3})[-. ]+(\d{1,2})", re.IGNORECASE)

_FULL_DATE = re.compile(r"\d{4}-(\d{2}-\d{2})")


def with_decimal_point(text: str, field: str, *, can_be_large: bool = True) -> str:
    """Return a number with a decimal point for a comma; what is not a number stays as it is.

    Raises Invalid if the comma may separate thousands, unless the number cannot be so large.
    """
    if can_be_large and _GROUPS.fullmatch(text):
        plain, point = text.replace(",", ""), text.replace(",", ".", 1)
        raise Invalid("seed.comma", field, text=text, one=plain, other=point)
    found = _COMMA.fullmatch(text)
    return f"{found[1]}.{found[2]}" if found else text


def as_clock_time(text: str) -> str | None:
    """Return a time of day such as 8:00, 08:00:00, or 8:00 PM as 20:00; None if it is not one."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + 12 * (half == "p")
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def as_month_and_day(text: str) -> str:
    """Return 1-Nov or 2026-11-01, as programs write 11-01, as 11-01; else the text as it is."""
    full = _FULL_DATE.fullmatch(text)
    if full is not None:
        return full[1]
    found = _DAY_AND_MONTH.fullmatch(text)
    month = (found[2] or found[3]).lower() if found else ""
    if found is None or month not in _MONTHS:
        return text
    return f"{_MONTHS.index(month) + 1:02}-{int(found[1] or found[4]):02}"
