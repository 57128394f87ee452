"""The flow of requests by day: what came in, what went out, and what is open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, Subquery, and_, cast, func, literal, or_, select

from open311.database import db
from open311.models.insights import FLOW_NAMES
from open311.queries.insights.days import answers, day_of, flow_parts, rows_of_days
from open311.queries.insights.population import (
    CITY,
    By,
    Counted,
    Key,
    Population,
    counted,
    facts_in,
    is_in,
    is_one_of,
    is_work,
)


@dataclass(frozen=True)
class Span:
    """Days of the city, from begin until before end."""

    begin: date
    end: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return when the span begins and ends, in UTC: a day may have 23 or 25 hours."""
        first, last = (
            datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.begin, self.end)
        )
        return first, last


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The flow of a span of days.

    open_at_end is open_before + received + reopened + handed_in - closed - handed_out.
    """

    span: Span
    open_before: int
    received: int
    closed: int
    reopened: int
    handed_in: int
    handed_out: int

    @property
    def open_at_end(self) -> int:
        came = self.received + self.reopened + self.handed_in
        return self.open_before + came - self.closed - self.handed_out


def weeks(begin: date, end: date) -> list[Span]:
    """Return the ISO weeks that have a day from begin until before end."""
    first = begin - timedelta(days=begin.weekday())
    number = max(-(-(end - first).days // 7), 0)
    starts = [first + timedelta(weeks=week) for week in range(number)]
    return [Span(start, start + timedelta(weeks=1)) for start in starts]


def no_flow(span: Span) -> Flow:
    """Return the flow of a span in which nothing was open, and nothing came in."""
    return Flow(span=span, open_before=0, **dict.fromkeys(FLOW_NAMES, 0))


def list_flows(
    population: Population, spans: Sequence[Span], by: By = CITY
) -> dict[Key, list[Flow]]:
    """Return the flow of each span of days, for each key with requests; spans are in order.

    Days are those of the city's time zone. Without spans, there are no flows.
    """
    if not spans:
        return {}
    before = spans[0].begin - timedelta(days=1)
    sums: dict[Key, dict[date, list[int]]] = defaultdict(dict)
    rows, names = _daily(population, by, before, spans[-1].end)
    for key, day, *numbers in rows:
        name = key if names is None else names.get(key)
        if name is not None and any(numbers):  # days also have sums that are of no flow
            own = sums[name].setdefault(day, [0] * len(FLOW_NAMES))
            sums[name][day] = [one + more for one, more in zip(own, numbers, strict=True)]
    return {key: _flows(days, spans) for key, days in sorted(sums.items())}


def _flows(days: dict[date, list[int]], spans: Sequence[Span]) -> list[Flow]:
    flows: list[Flow] = []
    ordered = sorted(days)
    place, opened = 0, 0
    for span in spans:
        numbers = [0] * len(FLOW_NAMES)
        while place < len(ordered) and ordered[place] < span.end:
            of_day = days[ordered[place]]
            if ordered[place] < span.begin:
                opened += _balance(of_day)
            else:
                numbers = [one + more for one, more in zip(numbers, of_day, strict=True)]
            place += 1
        named = dict(zip(FLOW_NAMES, numbers, strict=True))
        flows.append(Flow(span=span, open_before=opened, **named))
        opened += _balance(numbers)
    return flows


def _balance(numbers: Sequence[int]) -> int:
    received, closed, reopened, handed_in, handed_out = numbers
    return received + reopened + handed_in - closed - handed_out


def _daily(population: Population, by: By, before: date, end: date) -> tuple[Any, Any]:
    """Return rows (key, day, sums) until before end, and the names of keys.

    All days up to before are one. Kept sums answer for what they are counted by; for others, flows
    are counted in the facts of each request.
    """
    if answers(population, by):
        rows, names = rows_of_days(population, by, FLOW_NAMES)
    else:
        rows, names = _of_facts(population, by, before)
    entries = rows.subquery("entries")
    day = func.greatest(entries.c.day, literal(before, Date))
    sums = [cast(func.sum(entries.c[name]), Integer) for name in FLOW_NAMES]
    last = population.as_of.astimezone(population.jurisdiction.zone).date()
    statement = (
        select(entries.c.key, day.label("until"), *sums)
        .where(entries.c.day < literal(end, Date), entries.c.day <= literal(last, Date))
        .group_by(entries.c.key, "until")
    )
    return db.session.execute(statement).all(), names


def _steps(facts: Subquery) -> Any:
    lists = (facts.c.flow_times, facts.c.flow_kinds, facts.c.flow_departments)
    steps = func.unnest(*lists).table_valued("at", "kind", "holder_id")
    return steps.render_derived("steps")


def _of_facts(population: Population, by: By, before: date) -> tuple[Any, Any]:
    """Select from the facts of each request, which know all criteria.

    What was closed for good up to the day before adds nothing to what is open.
    """
    [begin, _end] = Span(before, before).moments(population.jurisdiction.zone)
    facts = facts_in(population)
    group: Counted = counted(population, facts, by)
    step = _steps(facts)
    column = step.c.holder_id if by.kind == "department" else group.column
    of_departments = (
        [is_one_of(step.c.holder_id, population.department_ids)]
        if population.department_ids is not None
        else []
    )
    statement = (
        select(
            column.label("key"),
            day_of(step, population.jurisdiction.zone.key).label("day"),
            *(func.count().filter(one).label(name) for name, one in flow_parts(step).items()),
        )
        .select_from(group.rows.join(step, literal(True)))
        .where(
            and_(is_in(population, facts, departments=False), is_work(facts)),
            step.c.at <= population.as_of,
            or_(facts.c.closed_at.is_(None), facts.c.closed_at >= begin),
            *of_departments,
        )
        .group_by("key", "day")
    )
    return statement, group.names
