"""A page of figures with a chart of each kind."""

from typing import Any

from open311.figures.measures import FEWEST, MEASURES, VERSION
from open311.web.insights.charts import Axis, Series, line_chart
from open311.web.insights.figure import Cell, Column, Figure, Number, Page

WEEKS = [f"Oct {day}" for day in range(1, 14)]
RECEIVED, CLOSED = [412, 390, 455, 380, 601] * 2, [380, 401, 377, 402, 433] * 2
NAMES = ("Pothole", "Snow or ice on a street", "Missed trash or recycling")


def _columns(*headings: str) -> tuple[Column, ...]:
    return tuple(Column(one, one.casefold()) for one in headings)


def _cells(*values: object) -> tuple[Cell, ...]:
    return tuple(Cell(str(one), one) for one in values)


LINES = Figure(
    "received-and-closed",
    "flow",
    "Received and closed by week",
    "In 13 weeks, 5,412 requests were received and 5,201 closed.",
    _columns("Week from", "Received", "Closed"),
    [_cells(*row) for row in zip(WEEKS, RECEIVED, CLOSED, strict=False)],
    line_chart(
        WEEKS,
        [
            Series("Received", [*RECEIVED, None, None, None]),
            Series("Closed", [*CLOSED, 450, 455, 460], [300] * 13, [600] * 13),
        ],
        lambda number: f"{number:,.0f}",
        mark=10,
    ),
    csv_url="/insights/received-and-closed.csv",
)
_AXIS = Axis(0, 100)
BARS = Figure(
    "time-by-service",
    "time_to_close",
    "Time to close by service",
    "The time in which half are closed, with its 95% interval, counting those still open.",
    _columns("Service", "Requests", "Half are closed within"),
    [
        (
            Cell(NAMES[0]),
            Cell("412", 412, "/reports"),
            Cell("5.3 days (5.1 to 5.6)", 127, bar=_AXIS.bar(53, 51, 56, 60, (40, 70))),
        ),
        (
            Cell(NAMES[1]),
            Cell("97", 97, "/reports"),
            Cell("26 days (20 or more)", 624, bar=_AXIS.bar(80, 70, None)),
        ),
        (
            Cell(NAMES[2]),
            Cell("7", 7, "/reports"),
            Cell("too few to say (7)", "", is_soft=True),
        ),
    ],
    notes=["Below 20 requests, no time is given."],
    csv_url="/insights/time-by-service.csv",
)
SHOWN = Page(
    ["In the week from Nov 16, 412 requests were received.", "Open requests grew by 36 to 1,204."],
    [
        Number("412", "received", "/reports", "flow", "Requests received in this week"),
        Number("5.3 days", "until half are closed", "/reports", "time_to_close", "Requests"),
    ],
    ["Of 5,412 requests in 13 weeks, 31 are not public and not included."],
    [LINES, BARS],
)
FIGURES: dict[str, Any] = {"shown": SHOWN, "how_url": "/insights/how", "here": "insights"}
DEFINED: dict[str, Any] = {
    "definitions": MEASURES,
    "version": VERSION,
    "fewest": FEWEST,
    "insights_url": "/insights",
    "here": "insights",
}
