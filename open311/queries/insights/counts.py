"""Counts of which shares are made: outcomes, transfers, reopenings, and duplicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, literal, or_, select

from open311.database import db
from open311.figures.shares import Share, share
from open311.models.insights import CLOSED, REOPENED
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
from schemas.vocabulary.statuses import DUPLICATE

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "done": ("closed", "fixed"),
    "no_further_action": ("no_further_action",),
    "not_ours": ("not_councils_responsibility",),
    "referred": ("internal_referral",),
}
"""Detailed statuses of closed work, by what figures call them."""

AGAIN = timedelta(days=14)
"""A closing lasts if nobody reopened the request in this time."""


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
    facts = facts_in(population)
    parts = {
        "once_or_more": facts.c.transfers >= 1,
        "twice_or_more": facts.c.transfers >= 2,
        "returned": facts.c.returned,
    }
    received = and_(is_between(facts.c.requested_at, begin, end), is_work(facts))
    return _counted(population, facts, by, received, parts)


def list_duplicates(
    population: Population, begin: datetime | None, end: datetime | None, by: By = CITY
) -> dict[Key, Parts]:
    """Return how many of all requests received in a period are duplicates, or were canceled."""
    facts = facts_in(population)
    parts = {"duplicates": facts.c.outcome == DUPLICATE, "canceled": facts.c.outcome == "cancelled"}
    return _counted(population, facts, by, is_between(facts.c.requested_at, begin, end), parts)


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
    is not known yet: they are the part "too_recent", and not in n.
    """
    facts = facts_in(population)
    group = counted(population, facts, by)
    closings = _closings(population, facts, group, begin, end).subquery("closings")
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
    population: Population, facts: Any, group: Counted, begin: datetime, end: datetime
) -> Select[Any]:
    """Select the key and the time of each closing in a period, and the next reopening."""
    lists = (facts.c.flow_times, facts.c.flow_kinds)
    steps, later = (
        func.unnest(*lists).table_valued("at", "kind", with_ordinality="place").render_derived(name)
        for name in ("steps", "later")
    )
    again_at = (
        select(func.min(later.c.at))
        .where(later.c.kind == REOPENED, later.c.place > steps.c.place)
        .correlate(facts, steps)
        .scalar_subquery()
    )
    # Few were ever reopened, and only theirs are looked for.
    again = case((literal(REOPENED) == any_(facts.c.flow_kinds), again_at))
    return (
        select(group.column.label("key"), steps.c.at, again.label("again_at"))
        .select_from(group.rows.join(steps, literal(True)))
        .where(
            is_in(population, facts),
            is_work(facts),
            or_(facts.c.closed_at.is_(None), facts.c.closed_at >= begin),
            facts.c.requested_at < end,
            literal(CLOSED) == any_(facts.c.flow_kinds),  # cheaper than to take the list apart
            and_(steps.c.kind == CLOSED, steps.c.at >= begin, steps.c.at < end),
        )
    )
