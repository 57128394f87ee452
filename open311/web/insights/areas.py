"""Areas compared with the city, as far as they differ more than chance explains."""

from collections.abc import Mapping, Sequence

from open311.figures.areas import ALARM, WARNING, AreaRatio
from open311.figures.measures import FEWEST
from open311.web.insights.asked import Period
from open311.web.insights.charts import Axis
from open311.web.insights.figure import NO_VALUE, Cell, Column, Figure, Row
from open311.web.insights.links import Links, ListFilters, due, received
from open311.web.insights.wording import count_words, few_words, ratio_words
from open311.web.languages import say as _


def reports_are_not_needs() -> str:
    """Return the caution for each comparison of areas."""
    return _(
        "Few reports do not mean few problems: in some neighborhoods, people report the same "
        "problem much later, or not at all."
    )


def closing_figure(
    ratios: Sequence[AreaRatio], rows: Mapping[str, Row], links: Links, period: Period
) -> Figure:
    """Return how many closings areas had, compared with what their services let expect."""
    return Figure(
        "closings-by-area",
        "closing_ratio",
        _("Closings compared with the city"),
        _finding(ratios, rows, _("closings")),
        _columns(_("Closed"), _("Expected")),
        _rows(ratios, rows, links, received(period.begin, _days(period))),
        notes=_notes(),
        csv_url=links.csv("closings-by-area"),
    )


def _days(period: Period) -> int:
    return (period.end - period.begin).days


def promise_figure(
    ratios: Sequence[AreaRatio], rows: Mapping[str, Row], links: Links, period: Period
) -> Figure:
    """Return how many promises were kept in areas, compared with what their services let expect."""
    return Figure(
        "promises-by-area",
        "promise_ratio",
        _("Closed on time compared with the city"),
        _finding(ratios, rows, _("requests closed on time")),
        _columns(_("Closed on time"), _("Expected")),
        _rows(ratios, rows, links, due(period.begin, _days(period))),
        notes=_notes(),
        csv_url=links.csv("promises-by-area"),
    )


def _notes() -> list[str]:
    return [
        _(
            "1 is as in the entire city for the same services. By chance, an area would be in the "
            "gray range in 95 of 100 cases."
        )
    ]


def _finding(ratios: Sequence[AreaRatio], rows: Mapping[str, Row], what: str) -> str:
    compared = [one for one in ratios if one.requests >= FEWEST]
    if not compared:
        return _("There are too few requests to compare areas.")
    clear = [_name(one, rows) for one in compared if one.level == ALARM]
    slight = [_name(one, rows) for one in compared if one.level == WARNING]
    if clear:
        return _(
            "These areas differ from the city in %(what)s by more than chance: %(areas)s.",
            what=what,
            areas=", ".join(clear),
        )
    if slight:
        return _(
            "These areas differ from the city in %(what)s at the edge of chance: %(areas)s.",
            what=what,
            areas=", ".join(slight),
        )
    return _("No area differs from the city in %(what)s by more than chance.", what=what)


def _name(one: AreaRatio, rows: Mapping[str, Row]) -> str:
    return rows[one.area].name if one.area in rows else one.area


def _columns(observed: str, expected: str) -> Sequence[Column]:
    return (
        Column(_("Area"), "area"),
        Column(_("Requests"), "requests"),
        Column(observed, "observed"),
        Column(expected, "expected"),
        Column(_("Ratio"), "ratio"),
        Column(_("Compared with chance"), "level"),
    )


def _rows(
    ratios: Sequence[AreaRatio],
    rows: Mapping[str, Row],
    links: Links,
    counted: ListFilters,
) -> list[Sequence[Cell]]:
    """Return the rows of a table; counted are filters by which a list shows what they count."""
    by_area = {one.area: one for one in ratios}
    known = [one for one in ratios if one.requests >= FEWEST]
    axis = Axis.around(
        1, [end for one in known for end in (one.lower, one.upper, *one.limits(WARNING))]
    )
    found: list[Sequence[Cell]] = []
    for code, row in rows.items():
        if code in by_area:
            one = by_area[code]
            url = links.requests(**row.filters, **counted)
            area = Cell(row.name, row.code, links.requests(**row.filters))
            requests = Cell(count_words(one.requests), one.requests, url)
            found.append((area, requests, *_compared(one, axis)))
    return found


def _compared(one: AreaRatio, axis: Axis) -> Sequence[Cell]:
    if one.requests < FEWEST:
        few = Cell(few_words(one.requests), "", is_soft=True)
        return NO_VALUE, NO_VALUE, few, NO_VALUE
    bar = axis.bar(one.ratio, one.lower, one.upper, 1, one.limits(WARNING))
    return (
        Cell(count_words(one.observed), one.observed),
        Cell(count_words(one.expected), round(one.expected, 6)),
        Cell(ratio_words(one.ratio, one.lower, one.upper), round(one.ratio, 6), bar=bar),
        Cell(level_words(one.level), "" if one.level is None else one.level),
    )


def level_words(level: float | None) -> str:
    """Return how an area compares with what chance explains."""
    if level is None:
        return _("within chance")
    return _("at the edge") if level == WARNING else _("outside")
