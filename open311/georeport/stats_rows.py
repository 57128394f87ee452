"""Rows of figures: one for each period and key, as numbers, medians in hours, or shares."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from open311.figures.measures import FEWEST
from open311.figures.shares import Share
from open311.figures.survival import Curve
from open311.georeport.stats_asked import Asked
from open311.queries.insights.counts import (
    Parts,
    list_duplicates,
    list_outcomes,
    list_reopened,
    list_transfers,
)
from open311.queries.insights.flow import Flow, Span, list_flows
from open311.queries.insights.promises import list_promises
from open311.queries.insights.times import (
    TO_CLOSE,
    TO_FIRST_ACTION,
    Timing,
    times_of_period,
    times_of_received,
)
from schemas.search.stats_documents import QUARTILES

Row = dict[str, Any]

Rows = Callable[[Asked, Sequence[Span]], list[Row]]

Found = dict[str, tuple[Curve, int | None]]

RowsOfSpan = Callable[[Asked, Span], list[Row]]

MOST_SPANS = {True: 540, False: 13}
"""Periods of a flow, which kept sums answer for, and of others, which read each request."""

COMMON = ("begin", "end", "key", "n", "value", "lower", "upper", "flag")

OF_FLOW = (
    *("open_before", "received", "reopened", "transferred_in", "closed", "transferred_out"),
    "open_at_end",
)
OF_TIMES = ("closed", "closed_at_entry", *QUARTILES)
OF_PROMISES = ("kept", "late", "overdue", "waiting", "not_yet_due", "no_promise")


@dataclass(frozen=True)
class Figure:
    """A measure of the API: the key of its definition, its unit, and how its rows are made."""

    measure: str
    unit: str
    columns: tuple[str, ...]
    rows: Rows


def _common(asked: Asked, span: Span, key: str, n: int) -> Row:
    flag = "few" if n < FEWEST else _unfinished(asked, span)
    return {
        "begin": span.begin,
        "end": span.end - timedelta(days=1),
        "key": key,
        "n": n,
        "value": None,
        "lower": None,
        "upper": None,
        "flag": flag,
    }


def _unfinished(asked: Asked, span: Span) -> str | None:
    today = asked.population.as_of.astimezone(asked.population.jurisdiction.zone).date()
    return "unfinished" if span.end > today else None


def flow_rows(asked: Asked, spans: Sequence[Span]) -> list[Row]:
    """Return the flow of each span and key; the value is what is open at the end."""
    found = list_flows(asked.population, spans, asked.by)
    return [
        _flow_row(asked, key, flow)
        for number in range(len(spans))
        for key, flow in ((key, flows[number]) for key, flows in found.items())
    ]


def _flow_row(asked: Asked, key: str, flow: Flow) -> Row:
    return {
        **_common(asked, flow.span, key, flow.received),
        "value": flow.open_at_end,
        "flag": _unfinished(asked, flow.span),
        "open_before": flow.open_before,
        "received": flow.received,
        "reopened": flow.reopened,
        "transferred_in": flow.handed_in,
        "closed": flow.closed,
        "transferred_out": flow.handed_out,
        "open_at_end": flow.open_at_end,
    }


def _time_rows(timing: Timing) -> RowsOfSpan:
    def rows(asked: Asked, span: Span) -> list[Row]:
        begin, end = span.moments(asked.population.jurisdiction.zone)
        if asked.of == "period":
            curves = times_of_period(asked.population, begin, end, asked.by, timing)
            found: Found = {key: (curve, None) for key, curve in curves.items()}
        else:
            times = times_of_received(asked.population, begin, end, asked.by, timing)
            found = {key: (one.curve, one.at_entry) for key, one in times.items()}
        return [_time_row(asked, span, key, *found[key]) for key in sorted(found)]

    return rows


def _time_row(asked: Asked, span: Span, key: str, curve: Curve, at_entry: int | None) -> Row:
    row = _common(asked, span, key, curve.n)
    row |= {"closed": curve.closed, "closed_at_entry": at_entry}
    shares = {"q25": 0.25, "q75": 0.75, "q90": 0.9}
    row |= {name: curve.quantile(share).value for name, share in shares.items()}
    if row["flag"] == "few":
        return {**row, **dict.fromkeys(shares)}
    median = curve.quantile(0.5)
    row |= {"value": median.value, "lower": median.lower, "upper": median.upper}
    last = span.moments(asked.population.jurisdiction.zone)[1]
    age = (asked.population.as_of - last).total_seconds() / 3_600
    if asked.of == "received" and (row["q75"] is None or age < row["q75"]):
        row["flag"] = row["flag"] or "moving"
    return row


def promise_rows(asked: Asked, span: Span) -> list[Row]:
    """Return the share of promises kept whose due dates are in a span."""
    begin, end = span.moments(asked.population.jurisdiction.zone)
    found = list_promises(asked.population, begin, end, asked.by)
    return [
        {
            **_shared(_common(asked, span, key, one.fell_due), one.share),
            **{name: getattr(one, name) for name in OF_PROMISES},
        }
        for key, one in found.items()
    ]


def _shared(row: Row, share: Share) -> Row:
    if row["flag"] == "few":
        return row
    return {**row, "value": share.value, "lower": share.lower, "upper": share.upper}


Lister = Callable[..., Mapping[str, Parts]]


def _part_rows(lister: Lister, part: str) -> RowsOfSpan:
    def rows(asked: Asked, span: Span) -> list[Row]:
        begin, end = span.moments(asked.population.jurisdiction.zone)
        found = lister(asked.population, begin, end, asked.by)
        return [
            {**_shared(_common(asked, span, key, one.n), one.share(part)), **one.parts}
            for key, one in found.items()
        ]

    return rows


def _each(rows: RowsOfSpan) -> Rows:
    """Return what makes the rows of several spans, one after the other."""
    return lambda asked, spans: [row for span in spans for row in rows(asked, span)]


FIGURES = {
    "flow": Figure("flow", "requests", (*COMMON, *OF_FLOW), flow_rows),
    "time-to-close": Figure(
        "time_to_close", "hours", (*COMMON, *OF_TIMES), _each(_time_rows(TO_CLOSE))
    ),
    "first-action": Figure(
        "first_action", "hours", (*COMMON, *OF_TIMES), _each(_time_rows(TO_FIRST_ACTION))
    ),
    "promises": Figure("promise_kept", "share", (*COMMON, *OF_PROMISES), _each(promise_rows)),
    "outcomes": Figure(
        "outcome",
        "share",
        (*COMMON, "done", "no_further_action", "not_ours", "referred"),
        _each(_part_rows(list_outcomes, "done")),
    ),
    "transfers": Figure(
        "transferred",
        "share",
        (*COMMON, "once_or_more", "twice_or_more", "returned"),
        _each(_part_rows(list_transfers, "once_or_more")),
    ),
    "reopened": Figure(
        "reopened",
        "share",
        (*COMMON, "reopened", "too_recent"),
        _each(_part_rows(list_reopened, "reopened")),
    ),
    "duplicates": Figure(
        "duplicates",
        "share",
        (*COMMON, "duplicates", "canceled"),
        _each(_part_rows(list_duplicates, "duplicates")),
    ),
}
"""The measures of the API, by the last part of their path."""


def curve_of(asked: Asked, span: Span) -> Row:
    """Return the curve of the time to close of what was received in a span."""
    begin, end = span.moments(asked.population.jurisdiction.zone)
    times = times_of_received(asked.population, begin, end)
    if "" not in times:
        return {"n": 0, "closed": 0, "rows": []}
    curve = times[""].curve
    return {"n": curve.n, "closed": curve.closed, "rows": list(_steps(curve))}


def _steps(curve: Curve) -> Iterator[Row]:
    columns = (curve.hours, curve.share, curve.lower, curve.upper, curve.at_risk)
    for hours, left, lower, upper, at_risk in zip(*(one.tolist() for one in columns), strict=True):
        yield {"hours": hours, "open": left, "lower": lower, "upper": upper, "at_risk": at_risk}
