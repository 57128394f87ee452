"""Closings after which somebody reported the same again, at the same place."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import ServiceRequest
from open311.models.insights import AGAIN
from open311.queries.insights.counts import Parts
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

REACH = 25
"""Meters within which a report is of the same place."""

DEGREES = 0.0003
"""Of latitude, more than REACH anywhere; of longitude, divided by the cosine of the latitude."""


def list_came_back(
    population: Population, begin: datetime, end: datetime, srid: int, by: By = CITY
) -> dict[Key, Parts]:
    """Return after how many closings another request of the service came in, within AGAIN.

    n are the requests with a location whose last closing was from begin until before end (aware)
    and AGAIN ago. Of later ones it is not known yet: they are the part "too_recent". What follows
    may be of any channel and department. srid is a projection in meters.
    """
    first = aliased(ServiceRequest)
    facts = facts_in(population)
    group = counted(population, facts, by)
    closed_at = facts.c.closed_at
    known = closed_at <= population.as_of - AGAIN
    near = _came_again(population, facts, first, srid)
    rows = group.rows.join(first, first.pk == facts.c.service_request_pk)
    statement = (
        select(
            group.column.label("key"),
            func.count().filter(known),
            func.count().filter(and_(known, near)),
            func.count().filter(~known),
        )
        .select_from(rows)
        .where(
            is_in(population, facts),
            is_work(facts),
            is_between(closed_at, begin, end),
            closed_at <= population.as_of,
            first.location.is_not(None),
        )
        .group_by("key")
    )
    sums = group.added_up(db.session.execute(statement))
    return {
        key: Parts(n, {"came_back": came_back, "too_recent": recent})
        for key, (n, came_back, recent) in sums.items()
    }


def _came_again(population: Population, facts: Any, first: Any, srid: int) -> Any:
    """Return the condition that another request came in near a closed one, whatever is filtered."""
    later = aliased(ServiceRequest)
    # An alias of the same facts: CTEs of changed ones must not come twice in a statement.
    others = facts.alias("others")
    return (
        select(literal(1))
        .select_from(others.join(later, later.pk == others.c.service_request_pk))
        .where(
            _is_near(first.location, later.location, srid),
            others.c.service_id == facts.c.service_id,
            others.c.requested_at > facts.c.closed_at,
            others.c.requested_at <= facts.c.closed_at + AGAIN,
            later.pk != first.pk,
            is_work(others),
            is_in(population.unfiltered(), others),
        )
        .correlate(facts, first)
        .exists()
    )


def _is_near(one: Any, other: Any, srid: int) -> Any:
    """Return the condition that a point is near another, by the index of locations first."""
    wide = DEGREES / func.greatest(func.cos(func.radians(func.ST_Y(one))), 0.01)
    box = func.ST_Expand(one, wide, DEGREES)
    distance = func.ST_Distance(func.ST_Transform(one, srid), func.ST_Transform(other, srid))
    return and_(other.op("&&")(box), distance <= REACH)
