"""Schedules of routing rules in the language of the page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_skeleton, format_time, get_day_names
from flask_babel import lazy_gettext

from geo.routing.rules import Rule
from geo.routing.times import Times
from open311.web.languages import language
from open311.web.languages import say as _

HOURS: Mapping[str, Any] = {
    "business": lazy_gettext("during business hours"),
    "outside": lazy_gettext("outside business hours"),
}


def times_words(times: Times) -> Sequence[str]:
    """Return each condition of a schedule, such as "during business hours"."""
    parts = [str(HOURS[times.hours])] if times.hours else []
    if times.weekdays:
        names = get_day_names("wide", locale=language())
        days = ", ".join(names[day - 1] for day in sorted(times.weekdays))
        parts.append(_("on %(days)s", days=days))
    if times.time_from and times.time_until:
        parts.append(_span(*(_clock(at) for at in (times.time_from, times.time_until))))
    if times.season_from and times.season_until:
        parts.append(_span(*(_month_day(at) for at in (times.season_from, times.season_until))))
    return parts


def days_words(rule: Rule) -> str:
    """Return the days on which a rule is effective, such as "until 2027-01-01"; empty for all."""
    begin, end = rule.effective_from, rule.effective_until
    if begin is not None and end is not None:
        return _("from %(begin)s until %(end)s", begin=begin, end=end)
    if begin is not None:
        return _("from %(begin)s", begin=begin)
    return "" if end is None else _("until %(end)s", end=end)


def _span(begin: str, end: str) -> str:
    return _("from %(begin)s to %(end)s", begin=begin, end=end)


def _clock(at: Any) -> str:
    return str(format_time(at, "short", locale=language()))


def _month_day(text: str) -> str:
    month, day = map(int, text.split("-"))
    return str(format_skeleton("MMMd", date(2000, month, day), locale=language()))
