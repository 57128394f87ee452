"""Times until requests were closed, or had a first action, as counts of whole hours."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    union_all,
)

from open311.database import db
from open311.figures.survival import Curve, curve
from open311.queries.insights.population import (
    CITY,
    By,
    Counted,
    Key,
    Population,
    counted,
    facts_in,
    is_between,
    is_in,
    is_work,
)

EVERYTHING: Key = ""
"""The key of the city."""

AT_ENTRY = timedelta(minutes=10)
"""What is closed this soon was probably entered after the work."""

AT_ENTRY_SHARE = 0.05
"""From this share on, such requests are left out of the times to close."""


@dataclass(frozen=True)
class Times:
    """A curve, and how many were closed at entry; whether the curve leaves those out."""

    curve: Curve
    at_entry: int
    left_out: bool


@dataclass(frozen=True, kw_only=True)
class Timing:
    """What is timed: until "closed" or "acted". net leaves out the time on hold.

    With all_at_entry, what was closed at entry is never left out.
    """

    until: str = "closed"
    net: bool = False
    all_at_entry: bool = False


TO_CLOSE = Timing()
TO_FIRST_ACTION = Timing(until="acted", all_at_entry=True)


def times_of_received(
    population: Population,
    begin: datetime | None,
    end: datetime | None,
    by: By = CITY,
    timing: Timing = TO_CLOSE,
) -> dict[Key, Times]:
    """Return the times of what was received from begin until before end, both aware or open."""
    facts = facts_in(population)
    group = counted(population, facts, by)
    columns = TimeColumns(population, facts, timing)
    statement = (
        select(
            group.column.label("key"),
            columns.at_entry.label("at_entry"),
            columns.hours(columns.until).label("hours"),
            func.count().filter(columns.happened).label("closed"),
            func.count().filter(~columns.happened).label("censored"),
        )
        .select_from(group.rows)
        .where(
            is_in(population, facts), is_work(facts), is_between(facts.c.requested_at, begin, end)
        )
        .group_by("key", "at_entry", "hours")
    )
    found: dict[Key, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement):
        key = group.key(row.key)
        if key is not None:
            found[key].append(row)
    return {key: _times(rows, timing) for key, rows in found.items()}


def _times(rows: list[Any], timing: Timing) -> Times:
    at_entry = sum(row.closed for row in rows if row.at_entry)
    n = sum(row.closed + row.censored for row in rows)
    left_out = not timing.all_at_entry and at_entry > AT_ENTRY_SHARE * n
    kept = [row for row in rows if not (left_out and row.at_entry)]
    return Times(curve([(row.hours, row.closed, row.censored) for row in kept]), at_entry, left_out)


def times_of_period(
    population: Population,
    begin: datetime,
    end: datetime,
    by: By = CITY,
    timing: Timing = TO_CLOSE,
    *,
    with_city: bool = False,
) -> dict[Key, Curve]:
    """Return the times of what was open at any time from begin until before end (aware).

    Each request is at risk from the age that it had at begin. What was closed after the end counts
    as open at the end. with_city adds that of all keys together, which costs no other statement.
    """
    facts = facts_in(population)
    group = counted(population, facts, by)
    columns = TimeColumns(population, facts, timing, end)
    spans = (
        select(
            group.column.label("key"),
            columns.hours(columns.until).label("hours"),
            columns.age_at(begin).label("entered"),
            columns.happened.label("happened"),
        )
        .select_from(group.rows)
        .where(
            is_in(population, facts),
            is_work(facts),
            facts.c.requested_at < columns.end,
            or_(columns.at.is_(None), columns.at > begin),  # for the index of closings
            columns.until > begin,
        )
        .cte("spans")
    )
    exits, entries = _counted_spans(group, spans)
    curves = {key: curve(rows, entries[key]) for key, rows in exits.items()}
    if with_city:
        every = [[row for rows in lists.values() for row in rows] for lists in (exits, entries)]
        curves[EVERYTHING] = curve(*every)
    return curves


def _counted_spans(group: Counted, spans: Any) -> tuple[dict[Key, Any], dict[Key, Any]]:
    """Return rows (hours, happened, others) and rows (hours at entry, requests), by key."""
    exits: dict[Key, Any] = defaultdict(list)
    entries: dict[Key, Any] = defaultdict(list)
    for value, leaves, hours, happened, others, longest in db.session.execute(_counts_of(spans)):
        key = group.key(value)
        if key is None:
            continue
        if leaves:
            exits[key] += [(hours, happened, others), (longest, 0, 0)]
        else:
            entries[key].append((hours, others))
    return exits, entries


def _counts_of(spans: Any) -> Any:
    """Count spans by their first and their last hour, each as the last hour of a closing by then.

    A curve has steps in those hours only. Open requests, which are of all ages, would be thousands
    of rows. Keys that are one in the end, such as those of a group, need the hours of all.
    """
    points = _points(spans).subquery("points")
    column = points.c
    by_then = func.max(column.hour).filter(column.happened > 0).over(order_by=column.hour)
    stepped = select(*column, func.coalesce(by_then, 0).label("step")).subquery("stepped")
    sums = (cast(func.sum(stepped.c[name]), Integer) for name in ("happened", "others"))
    keys = (stepped.c.key, stepped.c.leaves, stepped.c.step)
    return select(*keys, *sums, func.max(stepped.c.hour)).group_by(*keys)


def _points(spans: Any) -> Any:
    """Count spans by their last hour, and again by their first one."""
    column = spans.c
    kept = column.hours > column.entered
    last: Select[Any] = (
        select(
            column.key,
            column.hours.label("hour"),
            literal(True).label("leaves"),
            func.count().filter(column.happened).label("happened"),
            func.count().filter(~column.happened).label("others"),
        )
        .where(kept)
        .group_by(column.key, column.hours)
    )
    first: Select[Any] = (
        select(column.key, column.entered, literal(False), literal(0), func.count())
        .where(kept)
        .group_by(column.key, column.entered)
    )
    return union_all(last, first)


class TimeColumns:
    """The columns of a time until something happened, up to the end of observation."""

    def __init__(
        self, population: Population, facts: Subquery, timing: Timing, end: datetime | None = None
    ) -> None:
        self._facts, self._timing = facts.c, timing
        last = population.as_of if end is None else min(end, population.as_of)
        self.end = literal(last)
        at = self._facts.closed_at if timing.until == "closed" else self._facts.first_action_at
        self.at = at
        happened = at < self.end if end is not None else at <= self.end
        self.happened: ColumnElement[bool] = func.coalesce(happened, False)
        seen = func.greatest(self._facts.seen_at, self._facts.flow_times[_last(self._facts)])
        known = case((self._facts.seen_at.is_(None), self.end), else_=func.least(seen, self.end))
        # What was closed later was open all the time.
        known = case((at.is_not(None), self.end), else_=known)
        self.until: ColumnElement[Any] = case((self.happened, at), else_=known)

    @property
    def at_entry(self) -> ColumnElement[bool]:
        took = self._facts.closed_at - self._facts.requested_at
        return and_(self.happened, func.coalesce(took <= AT_ENTRY, False))

    def hours(self, until: Any) -> ColumnElement[int]:
        """Return whole hours up to a moment: up for what happened, and at least 1; else down."""
        seconds = self._seconds(until)
        up = func.greatest((seconds + 3_599) // 3_600, 1)
        return case((self.happened, up), else_=func.greatest(seconds // 3_600, 0))

    def _seconds(self, until: Any) -> Any:
        seconds = _epoch(until) - _epoch(self._facts.requested_at)
        if not self._timing.net:
            return seconds
        holds = and_(self._facts.waits_since.is_not(None), self._facts.waits_since < until)
        waiting = case((holds, _epoch(until) - _epoch(self._facts.waits_since)), else_=0)
        return seconds - self._facts.waited_seconds - waiting

    def age_at(self, begin: datetime) -> ColumnElement[int]:
        """Return whole hours of age at a moment, 0 for what was requested later."""
        seconds = _epoch(literal(begin)) - _epoch(self._facts.requested_at)
        return func.greatest(seconds // 3_600, 0)


def _last(columns: Any) -> Any:
    return func.cardinality(columns.flow_times)


def _epoch(moment: Any) -> Any:
    """Return whole seconds, so that a division is one of whole numbers."""
    return cast(func.trunc(extract("epoch", moment)), BigInteger)
