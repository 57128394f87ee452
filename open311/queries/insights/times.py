"""Times until requests were closed, or had a first action, as counts of whole hours."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from open311.database import db
from open311.figures.survival import Curve, curve
from open311.models.insights import AT_ENTRY
from open311.queries.insights.counted_spans import counts_of
from open311.queries.insights.population import (
    CITY,
    By,
    Key,
    Population,
    counted,
    facts_in,
    is_between,
    is_in,
    is_work,
    list_names,
)

EVERYTHING: Key = ""
"""The key of the city."""

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
) -> dict[Key, Curve]:
    """Return the times of what was open at any time from begin until before end (aware).

    Each request is at risk from the age that it had at begin. What was closed after the end counts
    as open at the end.
    """
    return spans_of_period(population, begin, end, by, timing).curves(by)


COUNTED_TOGETHER = ("city", "service", "group", "department")
"""What times of a period can be counted by without another statement."""


@dataclass(frozen=True)
class Spans:
    """Counts of how long requests were open, by keys: rows (hours, happened, others), and rows
    (hours at entry, requests). names are those of a key by kind.
    """

    exits: Mapping[Any, Sequence[tuple[int, int, int]]]
    entries: Mapping[Any, Sequence[tuple[int, int]]]
    names: Mapping[str, Callable[[Any], Key | None]]

    def curves(self, by: By) -> dict[Key, Curve]:
        """Return the curves of all keys."""
        exits: dict[Key, list[tuple[int, int, int]]] = defaultdict(list)
        entries: dict[Key, list[tuple[int, int]]] = defaultdict(list)
        name_of = self.names[by.kind]
        for value, rows in self.exits.items():
            name = name_of(value)
            if name is not None:
                exits[name] += rows
                entries[name] += self.entries[value]
        return {key: curve(rows, entries[key]) for key, rows in exits.items()}


def spans_of_period(
    population: Population, begin: datetime, end: datetime, by: By, timing: Timing = TO_CLOSE
) -> Spans:
    """Read the times of what was open in a period, once for all cuts of COUNTED_TOGETHER."""
    facts = facts_in(population)
    if by.kind in COUNTED_TOGETHER:
        rows, column = facts, _both(facts)
        names = _names_of_both(population)
    else:
        group = counted(population, facts, by)
        rows, column, names = group.rows, group.column, {by.kind: group.key}
    columns = TimeColumns(population, facts, timing, end)
    # In two parts, of which each has an index.
    spans = union_all(
        *(
            select(
                column.label("key"),
                columns.hours(columns.until).label("hours"),
                columns.age_at(begin).label("entered"),
                columns.happened.label("happened"),
            )
            .select_from(rows)
            .where(
                is_in(population, facts),
                is_work(facts),
                facts.c.requested_at < columns.end,
                part,
                columns.until > begin,
            )
            for part in (columns.at.is_(None), columns.at > begin)
        )
    ).cte("spans")
    return Spans(*_counted_spans(spans), names)


_WIDTH = 32  # bits of an id


def _both(facts: Subquery) -> Any:
    """Return a number that has the ids of the service and of the department."""
    service = cast(facts.c.service_id, BigInteger).op("<<")(literal_column(str(_WIDTH)))
    return service.op("|")(facts.c.department_id)


def _names_of_both(population: Population) -> Mapping[str, Callable[[Any], Key | None]]:
    known = {
        kind: list_names(population.jurisdiction, kind)
        for kind in ("service", "group", "department")
    }
    return {
        "city": lambda _value: EVERYTHING,
        "service": lambda value: known["service"].get(value >> _WIDTH),
        "group": lambda value: known["group"].get(value >> _WIDTH),
        "department": lambda value: known["department"].get(value & (1 << _WIDTH) - 1),
    }


def _counted_spans(spans: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return rows (hours, happened, others) and rows (hours at entry, requests), by key."""
    exits: dict[Any, Any] = defaultdict(list)
    entries: dict[Any, Any] = defaultdict(list)
    for key, leaves, hours, happened, others, longest in db.session.execute(counts_of(spans)):
        if leaves:
            exits[key] += [(hours, happened, others), (longest, 0, 0)]
        else:
            entries[key].append((hours, others))
    return exits, entries


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
        last_known = func.least(self._facts.seen_at, self.end)  # which ignores what is null
        # What was closed later was open all the time.
        known = case((at.is_not(None), self.end), else_=last_known)
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


def _epoch(moment: Any) -> Any:
    """Return whole seconds, so that a division is one of whole numbers.

    date_part does in a tenth of the time what extract does with exact decimals.
    """
    return cast(func.floor(func.date_part("epoch", moment)), BigInteger)
