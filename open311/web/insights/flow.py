"""What came in, what was closed, and what is open."""

from collections.abc import Sequence

from flask_babel import ngettext, pgettext

from open311.queries.insights.flow import Flow
from open311.web.insights.asked import Period
from open311.web.insights.charts import Series, line_chart
from open311.web.insights.figure import Cell, Column, Figure, Row
from open311.web.insights.links import Links, ListFilters, closed, received
from open311.web.insights.wording import axis_words, count_words, week_words
from open311.web.languages import say as _


def of_weeks(weeks: Sequence[Flow], links: Links) -> Sequence[Figure]:
    """Return the figures of some weeks, at least one."""
    return received_and_closed(weeks, links), open_requests(weeks, links)


def received_and_closed(weeks: Sequence[Flow], links: Links) -> Figure:
    """Return the figure of what came in and was closed in each week."""
    came, went = sum(one.received for one in weeks), sum(one.closed for one in weeks)
    finding = ngettext(
        "Requests in %(weeks)s week: %(received)s received, %(closed)s closed.",
        "Requests in %(weeks)s weeks: %(received)s received, %(closed)s closed.",
        len(weeks),
        weeks=count_words(len(weeks)),
        received=count_words(came),
        closed=count_words(went),
    )
    series = (
        Series(pgettext("figures", "Received"), [one.received for one in weeks]),
        Series(_("Closed"), [one.closed for one in weeks]),
    )
    return Figure(
        "received-and-closed",
        "flow",
        _("Received and closed by week"),
        finding,
        (
            Column(_("Week from"), "week"),
            Column(pgettext("figures", "Received"), "received"),
            Column(_("Closed"), "closed"),
            Column(_("Reopened"), "reopened"),
            Column(_("Open at the end"), "open_at_end"),
        ),
        [
            (
                Cell(week_words(one.span.begin), f"{one.span.begin:%F}"),
                _linked(one.received, links, received(one.span.begin)),
                _linked(one.closed, links, closed(one.span.begin)),
                *_counts(one.reopened, one.open_at_end),
            )
            for one in weeks
        ],
        line_chart([axis_words(one.span.begin) for one in weeks], series, count_words),
        csv_url=links.csv("received-and-closed"),
    )


def open_requests(weeks: Sequence[Flow], links: Links) -> Figure:
    """Return the figure of what was open at the end of each week."""
    grown = weeks[-1].open_at_end - weeks[0].open_before
    return Figure(
        "open",
        "flow",
        _("Open at the end of the week"),
        growth_words(grown, len(weeks)),
        (Column(_("Week from"), "week"), Column(_("Open at the end"), "open_at_end")),
        [
            (Cell(week_words(one.span.begin), f"{one.span.begin:%F}"), *_counts(one.open_at_end))
            for one in weeks
        ],
        line_chart(
            [axis_words(one.span.begin) for one in weeks],
            [Series(_("Open at the end"), [one.open_at_end for one in weeks])],
            count_words,
        ),
        csv_url=links.csv("open"),
    )


def growth_words(grown: int, weeks: int) -> str:
    """Return by how much open requests grew in some weeks, in a sentence."""
    values = {"number": count_words(abs(grown)), "weeks": count_words(weeks)}
    if grown > 0:
        return str(
            ngettext(
                "Open requests grew by %(number)s in %(weeks)s week.",
                "Open requests grew by %(number)s in %(weeks)s weeks.",
                weeks,
                **values,
            )
        )
    if grown < 0:
        return str(
            ngettext(
                "Open requests fell by %(number)s in %(weeks)s week.",
                "Open requests fell by %(number)s in %(weeks)s weeks.",
                weeks,
                **values,
            )
        )
    return _("As many requests were open at the end as at the beginning.")


def _counts(*numbers: int) -> list[Cell]:
    return [Cell(count_words(one), one) for one in numbers]


def flows_by_department(rows: Sequence[tuple[Row, Flow]], links: Links) -> Figure:
    """Return the table of flows of a period by department, which adds up in each row.

    Only the department leads to a list, of what it has now: its numbers also count what it has
    transferred since.
    """
    return Figure(
        "flow-by-department",
        "flow",
        _("Flow by department"),
        _(
            "In each row, open before + received + reopened + transferred in - closed - "
            "transferred out = open at the end."
        ),
        (
            Column(_("Department"), "department"),
            Column(_("Open before"), "open_before"),
            Column(pgettext("figures", "Received"), "received"),
            Column(_("Reopened"), "reopened"),
            Column(_("Transferred in"), "handed_in"),
            Column(_("Closed"), "closed"),
            Column(_("Transferred out"), "handed_out"),
            Column(_("Open at the end"), "open_at_end"),
        ),
        [
            (
                Cell(row.name, row.code, links.requests(**row.filters)),
                *_counts(one.open_before, one.received),
                *_counts(one.reopened, one.handed_in, one.closed, one.handed_out, one.open_at_end),
            )
            for row, one in rows
        ],
        csv_url=links.csv("flow-by-department"),
    )


def flows_by_service(rows: Sequence[tuple[Row, Flow]], links: Links, period: Period) -> Figure:
    """Return the table of flows of a period by service."""
    grown = sum(one.open_at_end > one.open_before for _row, one in rows)
    number = (period.end - period.begin).days
    return Figure(
        "flow-by-service",
        "flow",
        _("Flow by service"),
        _(
            "Services with more open requests than before: %(grown)s of %(services)s.",
            grown=count_words(grown),
            services=count_words(len(rows)),
        ),
        (
            Column(_("Service"), "service"),
            Column(_("Open before"), "open_before"),
            Column(pgettext("figures", "Received"), "received"),
            Column(_("Reopened"), "reopened"),
            Column(_("Closed"), "closed"),
            Column(_("Open at the end"), "open_at_end"),
        ),
        [
            (
                Cell(row.name, row.code),
                *_counts(one.open_before),
                _linked(one.received, links, {**row.filters, **received(period.begin, number)}),
                *_counts(one.reopened),
                _linked(one.closed, links, {**row.filters, **closed(period.begin, number)}),
                *_counts(one.open_at_end),
            )
            for row, one in rows
        ],
        csv_url=links.csv("flow-by-service"),
    )


def _linked(number: int, links: Links, filters: ListFilters) -> Cell:
    return Cell(count_words(number), number, links.requests(**filters))
