"""How long requests take until they are closed, with what is still open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from open311.figures.measures import FEWEST
from open311.figures.survival import Curve, Quantile, Times
from open311.web.insights.charts import Axis, Series, line_chart
from open311.web.insights.figure import NO_VALUE, Cell, Column, Figure, Row
from open311.web.insights.links import Links
from open311.web.insights.wording import (
    HOURS_OF_DAY,
    count_words,
    few_words,
    interval_words,
    median_words,
    percent_words,
    quarter_words,
    week_words,
)
from open311.web.languages import say as _

Timed = tuple[Row, Times]

MOST_DAYS = 90
"""Days of the curve on a page."""


def half_sentence(curve: Times) -> str:
    """Return in a sentence how long it took in the last four weeks until half were closed."""
    if curve.n < FEWEST:
        return _(
            "Too few requests were open in the last four weeks (%(number)s) to say how long they "
            "take.",
            number=count_words(curve.n),
        )
    median = curve.quantile(0.5)
    if median.value is None:
        return _(
            "Of the requests open in the last four weeks, fewer than half are closed after "
            "%(days)s days.",
            days=count_words(curve.longest // HOURS_OF_DAY),
        )
    return _(
        "Of the requests open in the last four weeks, half are closed within %(time)s.",
        time=interval_words(median),
    )


def half_of_period(curve: Times, begin: date, end: date) -> str:
    """Return the same of the days from begin until before end."""
    values = {"first": week_words(begin), "last": week_words(end - timedelta(days=1))}
    if curve.n < FEWEST:
        return _(
            "From %(first)s to %(last)s, too few requests were open (%(number)s) to say how long "
            "they take.",
            number=count_words(curve.n),
            **values,
        )
    median = curve.quantile(0.5)
    if median.value is None:
        return _(
            "Of the requests open from %(first)s to %(last)s, fewer than half are closed after "
            "%(days)s days.",
            days=count_words(curve.longest // HOURS_OF_DAY),
            **values,
        )
    return _(
        "Of the requests open from %(first)s to %(last)s, half are closed within %(time)s.",
        time=interval_words(median),
        **values,
    )


@dataclass(frozen=True)
class CurveWords:
    """What the figure of a curve says: its key, its definition, and its texts."""

    key: str
    measure: str
    title: str
    happened: str
    note: str


def curve_figure(
    curve: Curve, finding: str, links: Links, words: CurveWords | None = None
) -> Figure:
    """Return the figure of the share that is closed after each day; finding says it in words."""
    said = words or _closed_words()
    last = min(MOST_DAYS, max(1, curve.longest // HOURS_OF_DAY))
    days = list(range(last + 1))
    at = [curve.at(day * HOURS_OF_DAY) for day in days]
    closed = [1 - share for share, _low, _high in at]
    band = ([1 - high for _share, _low, high in at], [1 - low for _share, low, _high in at])
    labels, lines = [count_words(day) for day in days], [Series(said.happened, closed, *band)]
    is_enough = curve.n >= FEWEST
    return Figure(
        said.key,
        said.measure,
        said.title,
        finding,
        (
            Column(_("Days"), "days"),
            Column(said.happened, "share"),
            Column(_("Lower limit"), "lower"),
            Column(_("Upper limit"), "upper"),
        ),
        [
            (Cell(count_words(day), day), *(_share(one) for one in values))
            for day, *values in zip(days, closed, *band, strict=True)
        ]
        if is_enough
        else [],
        line_chart(labels, lines, percent_words, top=1) if is_enough else None,
        [said.note],
        links.csv(said.key),
    )


def _closed_words() -> CurveWords:
    return CurveWords(
        "closed-after",
        "time_to_close_of_period",
        _("Share closed after days"),
        _("Closed"),
        _(
            "The band is the 95-percent interval. Requests that are still open count as long "
            "as they are."
        ),
    )


def _share(value: float) -> Cell:
    return Cell(percent_words(value), round(value, 6))


@dataclass(frozen=True)
class TimeWords:
    """What a table of times says: its definition, its finding, and the headings of its numbers."""

    measure: str
    finding: str
    happened: str
    half: str
    three_in_four: str
    notes: Sequence[str] = ()


def closing_words(notes: Sequence[str] = ()) -> TimeWords:
    """Return the words of times to close."""
    return TimeWords(
        "time_to_close_of_period",
        _(
            "The time in which half are closed, with its 95-percent interval, counting those still "
            "open."
        ),
        _("Closed"),
        _("Half are closed within"),
        _("3 of 4 are closed within"),
        notes,
    )


def times_by(
    key: str,
    title: str,
    heading: str,
    rows: Sequence[Timed],
    links: Links,
    words: TimeWords | None = None,
    outcomes: Mapping[str, Cell] | None = None,
) -> Figure:
    """Return the table of times by service or department, in their order.

    outcomes, by the code of a row, say how its requests were closed.
    """
    said = words or closing_words()
    known = [curve for _row, curve in rows if curve.n >= FEWEST]
    axis = Axis.over([_end(curve.quantile(0.5)) for curve in known])
    few = len(rows) - len(known)
    below = [] if not few else [_("Below %(fewest)s requests, no time is given.", fewest=FEWEST)]
    told = {} if outcomes is None else outcomes
    return Figure(
        key,
        said.measure,
        title,
        said.finding,
        _columns(heading, said, has_outcomes=bool(told)),
        [
            (
                *_row(row, curve, axis, links),
                *([told.get(row.code, NO_VALUE)] if told else ()),
            )
            for row, curve in rows
        ],
        notes=[*below, *said.notes],
        csv_url=links.csv(key),
    )


def _columns(heading: str, words: TimeWords, *, has_outcomes: bool) -> Sequence[Column]:
    return (
        Column(heading, "name"),
        Column(_("Requests"), "requests"),
        Column(words.happened, "closed"),
        Column(words.half, "median_hours"),
        Column(words.three_in_four, "upper_quartile_hours"),
        *([Column(_("How they were closed"), "share_done")] if has_outcomes else ()),
    )


def _end(quantile: Quantile) -> float | None:
    return quantile.upper if quantile.upper is not None else quantile.value


def _row(row: Row, curve: Times, axis: Axis, links: Links) -> Sequence[Cell]:
    median, quarter = curve.quantile(0.5), curve.quantile(0.75)
    few = curve.n < FEWEST
    bar = None if few else axis.bar(median.value, median.lower, median.upper)
    return (
        Cell(row.name, row.code, links.requests(**row.filters)),
        Cell(count_words(curve.n), curve.n),
        Cell(count_words(curve.closed), curve.closed),
        Cell(few_words(curve.n), "", is_soft=True)
        if few
        else Cell(median_words(curve), _in_file(median), bar=bar),
        Cell(quarter_words(curve), "" if few else _in_file(quarter), is_soft=few),
    )


def _in_file(quantile: Quantile) -> object:
    return "" if quantile.value is None else quantile.value
