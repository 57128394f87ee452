"""What the next four weeks may bring to each department, and what came of past forecasts."""

from collections.abc import Sequence

from open311.figures.forecast import Expected, Forecast, forecast
from open311.web.insights.figure import NO_VALUE, Cell, Column, Figure, Row
from open311.web.insights.links import Links
from open311.web.insights.wording import count_words, percent_words
from open311.web.languages import say as _


def forecasts_by_department(rows: Sequence[tuple[Row, Sequence[int]]], links: Links) -> Figure:
    """Return the forecasts of departments; rows have the numbers of their weeks, oldest first."""
    found = [(row, weeks, forecast(weeks)) for row, weeks in rows]
    shown = sum(one is not None and one.is_trusted for _row, _weeks, one in found)
    return Figure(
        "ahead-by-department",
        "forecast",
        _("Requests expected by department"),
        _(
            "Departments with a forecast: %(shown)s of %(all)s.",
            shown=count_words(shown),
            all=count_words(len(found)),
        ),
        (
            Column(_("Department"), "department"),
            Column(_("Next week"), "next_week"),
            Column(_("In four weeks"), "four_weeks"),
            Column(_("Expected last week"), "expected_last_week"),
            Column(_("Received last week"), "received_last_week"),
            Column(_("Past weeks in the band"), "coverage"),
        ),
        [_row(row, weeks, one, links) for row, weeks, one in found],
        notes=[
            _(
                "A forecast is shown only if 65 to 95 percent of the last 26 weeks were in the "
                "band of their forecasts. Transfers are not counted."
            )
        ],
        csv_url=links.csv("ahead-by-department"),
    )


def _row(row: Row, weeks: Sequence[int], found: Forecast | None, links: Links) -> Sequence[Cell]:
    name = Cell(row.name, row.code, links.requests(**row.filters))
    came = Cell(count_words(weeks[-1]), weeks[-1]) if weeks else NO_VALUE
    if found is None or not found.is_known:
        unknown = Cell(_("fewer than 31 weeks"), "", is_soft=True)
        return name, unknown, NO_VALUE, NO_VALUE, came, NO_VALUE
    coverage = Cell(percent_words(found.coverage or 0), round(found.coverage or 0, 6))
    if not found.is_trusted:
        hidden = Cell(_("not shown"), "", is_soft=True)
        return name, hidden, hidden, NO_VALUE, came, coverage
    total = sum(one.number for one in found.weeks)
    return (
        name,
        _band(found.weeks[0]),
        Cell(count_words(total), round(total, 1)),
        _band(found.past[-1][0]),
        came,
        coverage,
    )


def _band(one: Expected) -> Cell:
    words = _(
        "%(value)s (%(lower)s to %(upper)s)",
        value=count_words(one.number),
        lower=count_words(one.lower),
        upper=count_words(one.upper),
    )
    return Cell(words, round(one.number, 1))
