"""Figures in words, in the language of the page."""

from datetime import UTC, date, datetime

from flask_babel import format_decimal, format_percent, ngettext

from open311.figures.changes import Change
from open311.figures.measures import FEWEST
from open311.figures.shares import Share
from open311.figures.survival import Quantile, Times
from open311.web.dates import medium_day, short_day
from open311.web.languages import language
from open311.web.languages import say as _

HOURS_OF_DAY = 24
HOURS_SHOWN = 48
"""Below as many hours, a time is written in hours."""

ROUND_DAYS = 10
"""From as many days on, a time is written in whole days."""


def count_words(number: float) -> str:
    """Return a number as the language writes it, without decimals."""
    return str(format_decimal(round(number)))


def few_words(number: int) -> str:
    """Return what is read in place of a figure about too few requests."""
    return _("too few to say (%(number)s)", number=count_words(number))


def percent_words(share: float) -> str:
    """Return a share with one decimal, except for none and all."""
    return str(format_percent(share, "#,##0.#%" if language() == "en" else "#,##0.# %"))


def share_words(share: Share) -> str:
    """Return a share with its interval, as 81.2% (80.5 to 81.8)."""
    if share.whole < FEWEST or None in (share.value, share.lower, share.upper):
        return few_words(share.whole)
    value, lower, upper = (one or 0.0 for one in (share.value, share.lower, share.upper))
    return _(
        "%(value)s (%(lower)s to %(upper)s)",
        value=percent_words(value),
        lower=_points(lower),
        upper=_points(upper),
    )


def _points(share: float) -> str:
    return str(format_decimal(round(100 * share, 1), "#,##0.#"))


def time_words(hours: float) -> str:
    """Return a time in hours, or from two days on in days."""
    if hours < HOURS_SHOWN:
        number = round(hours)
        return str(ngettext("%(hours)s hour", "%(hours)s hours", number, hours=count_words(number)))
    days = hours / HOURS_OF_DAY
    number = 1 if days == 1 else 2
    return str(ngettext("%(days)s day", "%(days)s days", number, days=_in_days(hours)))


def _in_days(hours: float) -> str:
    days = hours / HOURS_OF_DAY
    shown = round(days, 1) if days < ROUND_DAYS else round(days)
    return str(format_decimal(shown, "#,##0.#"))


def interval_words(quantile: Quantile) -> str:
    """Return a time with its interval, as 5.3 days (5.1 to 5.6); empty for never."""
    if quantile.value is None:
        return ""
    number = count_words if quantile.value < HOURS_SHOWN else _in_days
    value, lower = time_words(quantile.value), number(quantile.lower or 0)
    if quantile.upper is None:
        return _("%(value)s (%(lower)s or more)", value=value, lower=lower)
    return _(
        "%(value)s (%(lower)s to %(upper)s)", value=value, lower=lower, upper=number(quantile.upper)
    )


def median_words(curve: Times) -> str:
    """Return the time in which half are closed, or why there is none."""
    if curve.n < FEWEST:
        return few_words(curve.n)
    found = interval_words(curve.quantile(0.5))
    if found:
        return found
    return _("fewer than half after %(time)s", time=time_words(curve.longest))


def quarter_words(curve: Times) -> str:
    """Return the time in which three of four are closed; a dash if that is not known."""
    if curve.n < FEWEST:
        return "-"
    return interval_words(curve.quantile(0.75)) or _("not yet")


def change_words(change: Change | None) -> str:
    """Return how a number changed, with the interval; empty if it says nothing."""
    if change is None:
        return ""
    if not change.is_real:
        return _("about the same as in an average week of the eight before")
    low, high = sorted((abs(change.lower - 1), abs(change.upper - 1)))
    values = {"percent": percent_words(abs(change.ratio - 1)), "lower": _points(low)}
    values["upper"] = _points(high)
    if change.ratio > 1:
        return _(
            "%(percent)s more than in an average week of the eight before (%(lower)s to %(upper)s)",
            **values,
        )
    return _(
        "%(percent)s fewer than in an average week of the eight before (%(lower)s to %(upper)s)",
        **values,
    )


def last_year_words(change: Change | None) -> str:
    """Return how a number changed since the same weeks of last year; empty if it says nothing."""
    if change is None:
        return ""
    if not change.is_real:
        return _("about the same as in the same weeks of last year")
    low, high = sorted((abs(change.lower - 1), abs(change.upper - 1)))
    values = {"percent": percent_words(abs(change.ratio - 1)), "lower": _points(low)}
    values["upper"] = _points(high)
    if change.ratio > 1:
        return _(
            "%(percent)s more than in the same weeks of last year (%(lower)s to %(upper)s)",
            **values,
        )
    return _(
        "%(percent)s fewer than in the same weeks of last year (%(lower)s to %(upper)s)",
        **values,
    )


def week_words(begin: date) -> str:
    """Return the first day of a week, as Nov 16; with its year unless it is the current one."""
    if begin.year == datetime.now(UTC).year:
        return axis_words(begin)
    return medium_day(begin, language())


def axis_words(begin: date) -> str:
    """Return the first day of a week on the axis of a chart, whose table has the years."""
    return short_day(begin, language())


def one_decimal(number: float) -> str:
    """Return a number with one decimal, as 1.5."""
    return str(format_decimal(round(number, 1), "#,##0.0"))


def ratio_words(ratio: float, lower: float, upper: float) -> str:
    """Return a ratio with its interval, as 1.15 (1.10 to 1.21)."""
    value, low, high = (str(format_decimal(one, "0.00")) for one in (ratio, lower, upper))
    return _("%(value)s (%(lower)s to %(upper)s)", value=value, lower=low, upper=high)
