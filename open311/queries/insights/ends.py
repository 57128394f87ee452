"""Times until work was fixed, while other ways to close it compete."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import and_, func, not_, select

from open311.database import db
from open311.figures.incidence import Incidence, incidence
from open311.queries.insights.days import OUTCOMES
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
)
from open311.queries.insights.times import TO_CLOSE, TimeColumns


def times_to_fix(
    population: Population, begin: datetime, end: datetime, by: By = CITY
) -> dict[Key, Incidence]:
    """Return the times until work was fixed that was received from begin until before end (aware).

    What was closed in another way can never be fixed. That is not what is still open: of open work
    it is not known yet.
    """
    facts = facts_in(population)
    group = counted(population, facts, by)
    columns = TimeColumns(population, facts, TO_CLOSE)
    fixed = facts.c.outcome.in_(OUTCOMES["done"])
    statement = (
        select(
            group.column.label("key"),
            columns.hours(columns.until).label("hours"),
            func.count().filter(and_(columns.happened, fixed)),
            func.count().filter(and_(columns.happened, not_(fixed))),
            func.count().filter(~columns.happened),
        )
        .select_from(group.rows)
        .where(
            is_in(population, facts), is_work(facts), is_between(facts.c.requested_at, begin, end)
        )
        .group_by("key", "hours")
    )
    rows: dict[Key, list[tuple[int, int, int, int]]] = defaultdict(list)
    for value, *numbers in db.session.execute(statement):
        key = group.key(value)
        if key is not None:
            hours, this, other, still_open = numbers
            rows[key].append((hours, this, other, still_open))
    return {key: incidence(found) for key, found in rows.items()}
