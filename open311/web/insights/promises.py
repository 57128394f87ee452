"""Promises: what was closed by its due date, with what is overdue and still open."""

from collections.abc import Callable, Sequence
from datetime import date

from open311.figures.measures import FEWEST
from open311.queries.insights.promises import Promises
from open311.web.insights.asked import Period
from open311.web.insights.charts import Axis, Series, line_chart
from open311.web.insights.figure import Cell, Column, Figure, Row
from open311.web.insights.links import FELL_DUE, Links, ListFilters, due
from open311.web.insights.wording import (
    axis_words,
    count_words,
    few_words,
    percent_words,
    share_words,
    week_words,
)
from open311.web.languages import say as _

Kept = tuple[Row, Promises]

ListOf = Callable[..., str]
"""Returns the URL of a list, by codes of PROMISE_RESULTS."""


def kept_sentence(promises: Promises) -> str:
    """Return in a sentence how many promises were kept."""
    number = promises.fell_due
    if number < FEWEST:
        return _(
            "Too few requests were due in the last four weeks (%(number)s) to say how many were "
            "closed on time.",
            number=count_words(number),
        )
    return _(
        "Of %(number)s requests due in the last four weeks, %(share)s were closed on time. Overdue "
        "and open: %(overdue)s.",
        number=count_words(number),
        share=share_words(promises.share),
        overdue=count_words(promises.overdue),
    )


def by_week(weeks: Sequence[tuple[date, Promises]], links: Links) -> Figure:
    """Return the figure of promises kept by the week of their due date."""
    shares = [one.share if one.fell_due >= FEWEST else None for _begin, one in weeks]
    labels = [axis_words(begin) for begin, _one in weeks]
    series = Series(
        _("Closed on time"),
        [None if one is None else one.value for one in shares],
        [None if one is None else one.lower for one in shares],
        [None if one is None else one.upper for one in shares],
    )
    fell_due = sum(one.fell_due for _begin, one in weeks)
    kept = sum(one.kept for _begin, one in weeks)
    overdue = sum(one.overdue for _begin, one in weeks)
    return Figure(
        "promises-by-week",
        "promise_kept",
        _("Closed on time, by week of the due date"),
        _(
            "Requests that fell due: %(due)s. Closed on time: %(kept)s. Overdue and open: "
            "%(overdue)s.",
            due=count_words(fell_due),
            kept=count_words(kept),
            overdue=count_words(overdue),
        ),
        (Column(_("Week from"), "week"), *_columns()),
        [
            (Cell(week_words(begin), f"{begin:%F}"), *_cells(one, _listed(links, {}, begin, 7)))
            for begin, one in weeks
        ],
        line_chart(labels, [series], percent_words, top=1) if any(shares) else None,
        csv_url=links.csv("promises-by-week"),
    )


def promises_by(
    key: str,
    title: str,
    heading: str,
    rows: Sequence[Kept],
    links: Links,
    period: Period,
    notes: Sequence[str] = (),
) -> Figure:
    """Return the table of promises kept in a period by service or department, in their order."""
    axis, number = Axis(0, 1), (period.end - period.begin).days
    outside = [
        sum(getattr(one, name) for _row, one in rows)
        for name in ("waiting", "not_yet_due", "no_promise")
    ]
    waiting, not_yet_due, no_promise = map(count_words, outside)
    return Figure(
        key,
        "promise_kept",
        title,
        _(
            "In no share: %(waiting)s that wait for the requester, %(not_yet_due)s that are not "
            "due yet, and %(no_promise)s without a due date.",
            waiting=waiting,
            not_yet_due=not_yet_due,
            no_promise=no_promise,
        ),
        (Column(heading, "name"), *_columns()),
        [
            (
                Cell(row.name, row.code, links.requests(**row.filters)),
                *_cells(one, _listed(links, row.filters, period.begin, number), axis),
            )
            for row, one in rows
        ],
        notes=notes,
        csv_url=links.csv(key),
    )


def _columns() -> Sequence[Column]:
    return (
        Column(_("Fell due"), "fell_due"),
        Column(_("Closed on time"), "kept"),
        Column(_("Closed late"), "late"),
        Column(_("Overdue and open"), "overdue"),
        Column(_("Share closed on time"), "share"),
    )


def _listed(links: Links, filters: ListFilters, begin: date, number: int) -> ListOf:
    """Return what returns the URL of the requests whose due dates in some days ended in a way."""
    return lambda *results: links.requests(**filters, **due(begin, number, results))


def _cells(one: Promises, listed: ListOf, axis: Axis | None = None) -> Sequence[Cell]:
    share, few = one.share, one.fell_due < FEWEST
    bar = None
    if axis is not None and not few:
        bar = axis.bar(share.value, share.lower, share.upper)
    shown = (
        Cell(few_words(one.fell_due), "", is_soft=True)
        if few or share.value is None
        else Cell(share_words(share), round(share.value, 6), bar=bar)
    )
    return (
        Cell(count_words(one.fell_due), one.fell_due, listed(*FELL_DUE)),
        *(
            Cell(count_words(number), number, listed(result))
            for result, number in (("kept", one.kept), ("late", one.late), ("overdue", one.overdue))
        ),
        shown,
    )
