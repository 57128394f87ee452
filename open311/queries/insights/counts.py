"""Counts of which shares are made: outcomes, transfers, reopenings, and duplicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, func, literal, or_, select

from open311.database import db
from open311.figures.shares import Share, share
from open311.models.insights import AGAIN, AT_ENTRY, CLOSED
from open311.queries.insights.days import OUTCOMES, sums_of, whole_days
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
    is_one_of,
    is_work,
)
from schemas.vocabulary.statuses import DUPLICATE


@dataclass(frozen=True)
class Parts:
    """Numbers of requests, and how many of them are each part."""

    n: int
    parts: Mapping[str, int]

    def share(self, part: str) -> Share:
        return share(self.parts[part], self.n)


def list_outcomes(
    population: Population, begin: datetime, end: datetime, by: By = CITY
) -> dict[Key, Parts]:
    """Return how work was closed whose lasting closing was from begin until before end (aware)."""
    if days := whole_days(population, by, begin, end):
        return _of_days(population, by, days, "ended", {name: name for name in OUTCOMES})
    facts = facts_in(population)
    column = facts.c
    parts = {name: column.outcome.in_(statuses).self_group() for name, statuses in OUTCOMES.items()}
    last = literal(population.as_of)
    closed = and_(is_between(column.closed_at, begin, end), column.closed_at <= last)
    return _counted(population, facts, by, and_(closed, is_work(facts)), parts)


def list_transfers(
    population: Population, begin: datetime, end: datetime, by: By = CITY
) -> dict[Key, Parts]:
    """Return how often work was transferred that was received from begin until before end."""
    if days := whole_days(population, by, begin, end):
        return _of_days(population, by, days, "work", TRANSFERS)
    facts = facts_in(population)
    parts = {
        "once_or_more": facts.c.transfers >= 1,
        "twice_or_more": facts.c.transfers >= 2,
        "returned": facts.c.returned,
    }
    received = and_(is_between(facts.c.requested_at, begin, end), is_work(facts))
    return _counted(population, facts, by, received, parts)


TRANSFERS = {
    "once_or_more": "transferred",
    "twice_or_more": "transferred_twice",
    "returned": "returned",
}
"""The columns of sums by the names of parts."""


def list_duplicates(
    population: Population, begin: datetime | None, end: datetime | None, by: By = CITY
) -> dict[Key, Parts]:
    """Return how many of all requests received in a period are duplicates, or were canceled."""
    if days := whole_days(population, by, begin, end):
        names = {name: name for name in ("duplicates", "canceled")}
        return _of_days(population, by, days, "requests", names)
    facts = facts_in(population)
    parts = {"duplicates": facts.c.outcome == DUPLICATE, "canceled": facts.c.outcome == "cancelled"}
    return _counted(population, facts, by, is_between(facts.c.requested_at, begin, end), parts)


def list_at_entry(
    population: Population, begin: datetime, end: datetime, by: By = CITY
) -> dict[Key, Parts]:
    """Return how much of the work received from begin until before end was closed at entry."""
    if days := whole_days(population, by, begin, end):
        return _of_days(population, by, days, "work", {"at_entry": "at_entry"})
    facts = facts_in(population)
    column = facts.c
    soon = and_(
        column.closed_at - column.requested_at <= AT_ENTRY, column.closed_at <= population.as_of
    )
    received = and_(is_between(column.requested_at, begin, end), is_work(facts))
    return _counted(population, facts, by, received, {"at_entry": soon})


def _of_days(
    population: Population,
    by: By,
    days: tuple[date | None, date | None],
    all_: str,
    parts: Mapping[str, str],
) -> dict[Key, Parts]:
    """Return sums of days: a column for all, and one for each part."""
    found = sums_of(population, by, (all_, *parts.values()), *days)
    return {
        key: Parts(n, dict(zip(parts, numbers, strict=True)))
        for key, (n, *numbers) in found.items()
        if n
    }


def _counted(
    population: Population,
    facts: Any,
    by: By,
    condition: ColumnElement[bool],
    parts: Mapping[str, ColumnElement[bool]],
) -> dict[Key, Parts]:
    group = counted(population, facts, by)
    statement = (
        select(
            group.column.label("key"),
            func.count(),
            *(func.count().filter(part) for part in parts.values()),
        )
        .select_from(group.rows)
        .where(is_in(population, facts), condition)
        .group_by("key")
    )
    return _merged(group, list(parts), db.session.execute(statement))


def _merged(group: Counted, names: list[str], rows: Any) -> dict[Key, Parts]:
    sums = group.added_up(rows)
    return {
        key: Parts(n, dict(zip(names, parts, strict=True))) for key, (n, *parts) in sums.items()
    }


def list_reopened(
    population: Population, begin: datetime, end: datetime, by: By = CITY
) -> dict[Key, Parts]:
    """Return how many closings from begin until before end were followed by reopening.

    n are the closings that were AGAIN ago, with those reopened within that time. Of later ones it
    is not known yet: they are the part "too_recent", and not in n. Closings count for the
    department that had the request then.
    """
    zone = population.jurisdiction.zone
    # Of the day on which that time began, some are known and others are not.
    edge = datetime.combine((population.as_of - AGAIN).astimezone(zone).date(), time(), zone)
    known = whole_days(population, by, begin, min(end, edge))
    if known is None:
        return _reopened_of_facts(population, begin, end, by)
    found: dict[Key, list[int]] = {}
    if begin < edge:
        names = ("closed", "reopened_soon")
        sums = sums_of(population, by, names, *known)
        found = {key: [*numbers, 0] for key, numbers in sums.items()}
    if edge < end:
        for key, one in _reopened_of_facts(population, max(begin, edge), end, by).items():
            numbers = [one.n, one.parts["reopened"], one.parts["too_recent"]]
            former = found.get(key, [0, 0, 0])
            found[key] = [some + more for some, more in zip(former, numbers, strict=True)]
    return {
        key: Parts(n, {"reopened": reopened, "too_recent": recent})
        for key, (n, reopened, recent) in sorted(found.items())
        if n or recent
    }


def _reopened_of_facts(
    population: Population, begin: datetime, end: datetime, by: By
) -> dict[Key, Parts]:
    facts = facts_in(population)
    group = counted(population, facts, by)
    closings = _closings(population, facts, group, begin, end, by).subquery("closings")
    column = closings.c
    known = column.at <= literal(population.as_of - AGAIN)
    reopened = column.again_at <= column.at + AGAIN
    statement = select(
        column.key,
        func.count().filter(known),
        func.count().filter(and_(known, reopened)),
        func.count().filter(~known),
    ).group_by(column.key)
    return _merged(group, ["reopened", "too_recent"], db.session.execute(statement))


def _closings(
    population: Population, facts: Any, group: Counted, begin: datetime, end: datetime, by: By
) -> Select[Any]:
    """Select the key and the time of each closing in a period, and the next reopening."""
    lists = (facts.c.flow_times, facts.c.flow_kinds, facts.c.flow_departments)
    steps = (
        func.unnest(*lists)
        .table_valued("at", "kind", "holder_id", with_ordinality="place")
        .render_derived("steps")
    )
    holders = population.department_ids
    of_department = [] if holders is None else [is_one_of(steps.c.holder_id, holders)]
    return (
        select(
            (steps.c.holder_id if by.kind == "department" else group.column).label("key"),
            steps.c.at,
            # What follows a closing can only be a reopening.
            facts.c.flow_times[steps.c.place + 1].label("again_at"),
        )
        .select_from(group.rows.join(steps, literal(True)))
        .where(
            is_in(population, facts, departments=False),
            is_work(facts),
            or_(facts.c.closed_at.is_(None), facts.c.closed_at >= begin),
            facts.c.requested_at < end,
            literal(CLOSED) == any_(facts.c.flow_kinds),  # cheaper than to take the list apart
            and_(steps.c.kind == CLOSED, steps.c.at >= begin, steps.c.at < end),
            steps.c.at <= population.as_of,
            *of_department,
        )
    )
