"""Promises: whether work was closed by its due date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, and_, cast, func, literal, not_, or_, select

from open311.database import db
from open311.figures.shares import Share, share
from open311.queries.insights.days import sums_of, sums_of_each_day, whole_days
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


@dataclass(frozen=True)
class Promises:
    """Numbers of requests whose due date was in a period.

    kept were closed by then, late after it, and overdue are still open. Those that wait for the
    requester now, and those that are not due yet, are in no share. no_promise are those received in
    the period without a due date.
    """

    kept: int
    late: int
    overdue: int
    waiting: int
    not_yet_due: int
    no_promise: int

    @property
    def fell_due(self) -> int:
        return self.kept + self.late + self.overdue

    @property
    def share(self) -> Share:
        return share(self.kept, self.fell_due)

    @classmethod
    def of_all(cls, parts: Iterable["Promises"]) -> "Promises":
        """Return the sums of the numbers of parts."""
        counted = list(parts)
        names = [field.name for field in fields(cls)]
        return cls(**{name: sum(getattr(one, name) for one in counted) for name in names})


NO_PROMISES = Promises(0, 0, 0, 0, 0, 0)


def list_promises(
    population: Population,
    begin: datetime | None,
    end: datetime | None,
    by: By = CITY,
    *,
    as_first_promised: bool = False,
) -> dict[Key, Promises]:
    """Return the promises of due dates from begin until before end, both aware or open.

    as_first_promised counts by the first due date, before holds or reopening moved it.
    """
    days = None if as_first_promised else whole_days(population, by, begin, end)
    facts = facts_in(population)
    group = counted(population, facts, by)
    if days is None:
        due = facts.c.first_due_at if as_first_promised else facts.c.due_at
        return _listed(population, facts, group, due, (begin, end))
    today = _today(population)
    last = today if days[1] is None else min(days[1], today)
    found = sums_of(population, by, ("kept", "late", "no_promise"), days[0], last)
    parts = [
        {key: Promises(kept, late, 0, 0, 0, none) for key, (kept, late, none) in found.items()}
    ]
    if days[1] is None or last < days[1]:
        first = last if days[0] is None else max(days[0], last)
        rest = sums_of(population, by, ("no_promise",), first, days[1])
        parts.append({key: Promises(0, 0, 0, 0, 0, number) for key, [number] in rest.items()})
    return _added_up([*parts, *_still_moving(population, facts, group, begin, end)])


def _today(population: Population) -> date:
    return population.as_of.astimezone(population.jurisdiction.zone).date()


def _added_up(parts: Sequence[Mapping[Any, Promises]]) -> dict[Any, Promises]:
    keys = sorted({key for part in parts for key in part})
    return {key: Promises.of_all(part[key] for part in parts if key in part) for key in keys}


def _still_moving(
    population: Population,
    facts: Subquery,
    group: Counted,
    begin: datetime | None,
    end: datetime | None,
) -> list[dict[Any, Promises]]:
    """Count what sums do not know: what is open, and what is closed and due today or later."""
    closed_at, due = facts.c.closed_at, facts.c.due_at
    zone = population.jurisdiction.zone
    today = datetime.combine(_today(population), time(), zone)
    first = today if begin is None else max(begin, today)
    return [
        _listed(population, facts, group, due, (begin, end), and_(due.is_not(None), part))
        for part, is_needed in (
            (closed_at.is_(None), True),
            (and_(closed_at.is_not(None), due >= first), end is None or first < end),
        )
        if is_needed
    ]


def list_promises_by_week(
    population: Population, begin: datetime, end: datetime
) -> dict[date, Promises]:
    """Return the promises by the week of the city in which they were due, by its first day.

    begin and end (aware) are Mondays, each at its first moment.
    """
    facts = facts_in(population)
    at = func.coalesce(facts.c.due_at, facts.c.requested_at)
    week = func.date_trunc("week", func.timezone(population.jurisdiction.zone.key, at))
    group = Counted(facts, cast(week, Date), None)
    days = whole_days(population, CITY, begin, end)
    if days is None or days[0] is None or days[1] is None:
        return _listed(population, facts, group, facts.c.due_at, (begin, end))
    names, first, last = ("kept", "late", "no_promise"), days[0], days[1]
    today = _today(population)
    of_weeks: dict[date, Promises] = {}
    for day, (kept, late, no_promise) in sums_of_each_day(population, names, first, last).items():
        monday = day - timedelta(days=day.weekday())
        of_day = Promises(kept, late, 0, 0, 0, no_promise)
        if day >= today:  # whether its promises were kept is counted below
            of_day = Promises(0, 0, 0, 0, 0, no_promise)
        of_weeks[monday] = Promises.of_all([of_weeks.get(monday, NO_PROMISES), of_day])
    return _added_up([of_weeks, *_still_moving(population, facts, group, begin, end)])


def _listed(
    population: Population,
    facts: Subquery,
    group: Counted,
    due: Any,
    period: tuple[datetime | None, datetime | None],
    *more: ColumnElement[bool],
) -> dict[Any, Promises]:
    column, now = facts.c, literal(population.as_of)
    states = _states(column, due, now)
    in_period = or_(
        and_(due.is_not(None), is_between(due, *period)),
        and_(due.is_(None), is_between(column.requested_at, *period)),
    )
    statement = (
        select(group.column.label("key"), *(func.count().filter(one) for one in states.values()))
        .select_from(group.rows)
        .where(is_in(population, facts), is_work(facts), in_period, *more)
        .group_by("key")
    )
    sums = group.added_up(db.session.execute(statement))
    names = [field.name for field in fields(Promises)]
    return {key: Promises(**dict(zip(names, sums[key], strict=True))) for key in sums}


def _states(column: Any, due: Any, now: Any) -> dict[str, ColumnElement[bool]]:
    """Return the condition of each number of Promises."""
    closed = and_(column.closed_at.is_not(None), column.closed_at <= now)
    fell_due, waits = due <= now, and_(not_(closed), column.waits_since.is_not(None))
    return {
        "kept": and_(fell_due, closed, column.closed_at <= due),
        "late": and_(fell_due, closed, column.closed_at > due),
        "overdue": and_(fell_due, not_(closed), not_(waits)),
        "waiting": and_(fell_due, waits),
        "not_yet_due": due > now,
        "no_promise": due.is_(None),
    }
