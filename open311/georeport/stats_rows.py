"""Rows of figures: one for each period and key, as numbers, medians in hours, or shares."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from open311.errors import InvalidParameters
from open311.figures.incidence import Incidence
from open311.figures.measures import FEWEST
from open311.figures.shares import Share
from open311.figures.survival import Curve
from open311.georeport.stats_asked import Asked
from open311.messages.insights import STATS_SERVICE_REQUIRED
from open311.queries.insights.came_back import list_came_back
from open311.queries.insights.counts import (
    Parts,
    list_duplicates,
    list_outcomes,
    list_reopened,
    list_transfers,
)
from open311.queries.insights.ends import times_to_fix
from open311.queries.insights.flow import Flow, Span, list_flows
from open311.queries.insights.population import CITY
from open311.queries.insights.promises import list_promises
from open311.queries.insights.reports import list_published_flows
from open311.queries.insights.times import (
    TO_CLOSE,
    TO_FIRST_ACTION,
    Timing,
    times_of_period,
    times_of_received,
)
from open311.queries.search.visibility import Audience
from open311.web.insights.frozen import flow_as_list
from open311.web.insights.hot_places import projection_of
from open311.web.parameters import chosen_city, sent_values
from schemas.search.stats import WAITING
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
    found, published = list_flows(asked.population, spans, asked.by), _published(asked, spans)
    return [
        _flow_row(asked, key, flow, published.get(flow.span.begin))
        for number in range(len(spans))
        for key, flow in ((key, flows[number]) for key, flows in found.items())
    ]


def _published(asked: Asked, spans: Sequence[Span]) -> Mapping[date, object]:
    """Return the flows of the city that weekly reports have published, by the first day."""
    population = asked.population
    if asked.by != CITY or population.is_filtered:
        return {}
    weeks = [one.begin for one in spans if one.end - one.begin == timedelta(days=7)]
    is_staff = population.audience is Audience.STAFF
    return list_published_flows(population.jurisdiction, weeks, for_staff=is_staff)


def _flow_row(asked: Asked, key: str, flow: Flow, published: object) -> Row:
    is_revised = published is not None and published != flow_as_list(flow)
    return {
        **_common(asked, flow.span, key, flow.received),
        "value": flow.open_at_end,
        "flag": _unfinished(asked, flow.span) or ("revised" if is_revised else None),
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
        net = timing.until == "closed" and asked.waiting != WAITING[0]
        timed = replace(timing, net=net)
        if asked.of == "period":
            curves = times_of_period(asked.population, begin, end, asked.by, timed)
            found: Found = {key: (curve, None) for key, curve in curves.items()}
        else:
            times = times_of_received(asked.population, begin, end, asked.by, timed)
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


def _fix_rows(asked: Asked, span: Span) -> list[Row]:
    begin, end = span.moments(asked.population.jurisdiction.zone)
    found = times_to_fix(asked.population, begin, end, asked.by)
    return [_fix_row(asked, span, key, found[key]) for key in sorted(found)]


def _fix_row(asked: Asked, span: Span, key: str, found: Incidence) -> Row:
    row = {**_common(asked, span, key, found.n), "done": found.happened}
    if row["flag"] == "few":
        return {**row, **dict.fromkeys(QUARTILES)}
    half = found.quantile(0.5)
    shares = {"q25": 0.25, "q75": 0.75, "q90": 0.9}
    row |= {name: found.quantile(share).value for name, share in shares.items()}
    return {**row, "value": half.value, "lower": half.lower, "upper": half.upper}


def _came_back_rows(asked: Asked, span: Span) -> list[Row]:
    """Return the share of closings after which the same was reported again.

    Raises InvalidParameters without services: at most of them, many things stand side by side.
    """
    if asked.population.service_ids is None:
        raise InvalidParameters(STATS_SERVICE_REQUIRED, field="service_code")
    srid = projection_of(chosen_city(sent_values()))
    if srid is None:
        return []
    return _part_rows(partial(list_came_back, srid=srid), "came_back")(asked, span)


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
        found = lister(asked.population, begin, end, by=asked.by)
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
    "time-to-fix": Figure("time_to_fix", "hours", (*COMMON, "done", *QUARTILES), _each(_fix_rows)),
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
    "came-back": Figure(
        "came_back", "share", (*COMMON, "came_back", "too_recent"), _each(_came_back_rows)
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
