"""The next four weeks: what is expected, and what would be open with other crews."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import pgettext

from open311.figures.crews import Backlog, backlog_paths, closings_per_crew
from open311.figures.forecast import AHEAD, Expected, Forecast
from open311.queries.insights.flow import Flow
from open311.web.insights.charts import Series, line_chart
from open311.web.insights.figure import NO_VALUE, Cell, Column, Figure
from open311.web.insights.links import Links
from open311.web.insights.wording import (
    axis_words,
    count_words,
    one_decimal,
    percent_words,
    week_words,
)
from open311.web.languages import say as _

SHOWN_BEFORE = 26
"""Past weeks before the forecast on its chart."""

WEEK = timedelta(days=7)


def forecast_figure(weeks: Sequence[Flow], found: Forecast, links: Links) -> Figure:
    """Return the forecast of requests received, after past weeks and what was expected of them."""
    shown = weeks[-SHOWN_BEFORE:]
    past = {
        week.span.begin: one
        for week, one in zip(weeks[-len(found.past) :], found.past, strict=True)
    }
    begins = [one.span.begin for one in shown]
    ahead = [begins[-1] + WEEK * number for number in range(1, AHEAD + 1)]
    expected: list[Expected | None] = [past[one][0] if one in past else None for one in begins]
    all_expected = [*expected, *found.weeks]
    came: list[int | None] = [*(one.received for one in shown), *([None] * AHEAD)]
    chart = line_chart(
        [axis_words(one) for one in (*begins, *ahead)],
        (Series(pgettext("figures", "Received"), came), _expected_series(all_expected)),
        count_words,
        mark=len(begins),
    )
    return Figure(
        "ahead",
        "forecast",
        _("Requests expected in the next four weeks"),
        _finding(found),
        (
            Column(_("Week from"), "week"),
            Column(pgettext("figures", "Received"), "received"),
            Column(_("Expected"), "expected"),
            Column(_("Lower limit"), "lower"),
            Column(_("Upper limit"), "upper"),
        ),
        [
            _row(begin, number, one)
            for begin, number, one in zip([*begins, *ahead], came, all_expected, strict=True)
        ],
        chart,
        [_record(found)],
        links.csv("ahead"),
    )


def _expected_series(weeks: Sequence[Expected | None]) -> Series:
    return Series(
        _("Expected"),
        [None if one is None else one.number for one in weeks],
        [None if one is None else one.lower for one in weeks],
        [None if one is None else one.upper for one in weeks],
    )


def _finding(found: Forecast) -> str:
    total = sum(one.number for one in found.weeks)
    return _("About %(number)s requests are expected in four weeks.", number=count_words(total))


def _record(found: Forecast) -> str:
    return _(
        "The band should contain 8 of 10 weeks. Of the last %(weeks)s weeks, %(share)s were in it.",
        weeks=count_words(len(found.past)),
        share=percent_words(found.coverage or 0),
    )


def _row(begin: date, came: int | None, expected: Expected | None) -> Sequence[Cell]:
    numbers = (() if expected is None else (expected.number, expected.lower, expected.upper)) or (
        None,
        None,
        None,
    )
    return (
        Cell(week_words(begin), f"{begin:%F}"),
        _count(came),
        *(_count(one) for one in numbers),
    )


def _count(number: float | None) -> Cell:
    return NO_VALUE if number is None else Cell(count_words(number), round(number, 1))


def not_trusted(found: Forecast | None) -> str:
    """Return why no forecast is shown."""
    if found is None or not found.is_known:
        return _("A forecast needs 31 whole weeks with requests. There are fewer.")
    return _(
        "No forecast is shown: of the last %(weeks)s weeks, %(share)s were in its band, and it "
        "should be about 80%%.",
        weeks=count_words(len(found.past)),
        share=percent_words(found.coverage or 0),
    )


def no_backlog() -> str:
    """Return why nothing is said of crews."""
    return _(
        "No week of the past year began with open requests. So nothing tells how much a crew can "
        "close."
    )


def crews_figure(
    weeks: Sequence[Flow], found: Forecast, crews: int, planned: int, links: Links
) -> Figure | None:
    """Return what would be open with other crews; None if nothing tells how much a crew does."""
    recent = weeks[-52:]
    per_crew = closings_per_crew(
        [one.closed for one in recent], [one.open_before for one in recent], crews
    )
    if per_crew is None:
        return None
    expected = [one.number for one in found.weeks]
    now, then = (
        backlog_paths(weeks[-1].open_at_end, expected, number, per_crew)
        for number in (crews, planned)
    )
    begins = [weeks[-1].span.begin + WEEK * number for number in range(1, AHEAD + 1)]
    return Figure(
        "crews",
        "crews",
        _("Open with %(number)s crews", number=count_words(planned)),
        _crews_finding(crews, planned, now[-1], then[-1]),
        (
            Column(_("Week from"), "week"),
            Column(_("With %(number)s crews", number=count_words(crews)), "open_now"),
            Column(_("With %(number)s crews", number=count_words(planned)), "open_planned"),
        ),
        [
            (Cell(week_words(begin), f"{begin:%F}"), _backlog(first), _backlog(second))
            for begin, first, second in zip(begins, now, then, strict=True)
        ],
        notes=[
            _(
                "A crew closed %(number)s requests in a week, in the 12 weeks of the past year "
                "with the most open requests. The ranges hold 8 of 10 cases.",
                number=one_decimal(per_crew),
            )
        ],
        csv_url=links.csv("crews"),
    )


def _crews_finding(crews: int, planned: int, now: Backlog, then: Backlog) -> str:
    return _(
        "In four weeks, about %(then)s requests would be open with %(planned)s crews, and %(now)s "
        "with %(crews)s, if crews stay as productive.",
        then=count_words(then.median),
        planned=count_words(planned),
        now=count_words(now.median),
        crews=count_words(crews),
    )


def _backlog(one: Backlog) -> Cell:
    words = _(
        "%(value)s (%(lower)s to %(upper)s)",
        value=count_words(one.median),
        lower=count_words(one.lower),
        upper=count_words(one.upper),
    )
    return Cell(words, one.median)
