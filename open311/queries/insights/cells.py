"""Requests by service and cell of a grid, in a week and in the weeks that it is compared with."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Integer, and_, cast, func, literal, or_, select

from open311.database import db
from open311.figures.hot_cells import CELL, Cell
from open311.models import ServiceRequest
from open311.queries.insights.population import Population, facts_in, is_in, is_work, list_names

Moments = tuple[datetime, datetime]
"""A period from a moment until before another; both aware."""


@dataclass(frozen=True)
class CellCounts:
    """Requests of a service by cell, in the past and in the week."""

    past: dict[Cell, int] = field(default_factory=dict)
    observed: dict[Cell, int] = field(default_factory=dict)


def utm_of(long: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone of a place, in which lengths are meters."""
    zone = min(int((long + 180) // 6) + 1, 60)
    return (32_600 if lat >= 0 else 32_700) + zone


def count_cells(
    population: Population, week: Moments, past: Sequence[Moments], srid: int
) -> dict[str, CellCounts]:
    """Return the cells of each service by its code, in a projection in meters.

    A cell is (x, y), its southwestern corner in units of CELL.
    """
    facts = facts_in(population)
    point = func.ST_Transform(ServiceRequest.location, srid)
    x, y = (
        cast(func.floor(side(point) / CELL), Integer).label(name)
        for side, name in ((func.ST_X, "x"), (func.ST_Y, "y"))
    )
    at = facts.c.requested_at
    periods = [and_(at >= begin, at < end) for begin, end in (week, *past)]
    in_week = and_(at >= week[0], at < week[1])
    statement = (
        select(
            facts.c.service_id,
            x,
            y,
            func.count().filter(in_week).label("observed"),
            func.count().label("number"),
        )
        .join(ServiceRequest, ServiceRequest.pk == facts.c.service_request_pk)
        .where(
            is_in(population, facts),
            is_work(facts),
            or_(*periods, literal(False)),
            ServiceRequest.location.is_not(None),
        )
        .group_by(facts.c.service_id, "x", "y")
    )
    names = list_names(population.jurisdiction, "service")
    found: dict[str, CellCounts] = defaultdict(CellCounts)
    for service_id, *cell, observed, number in db.session.execute(statement):
        counts, place = found[names[service_id]], (cell[0], cell[1])
        counts.observed[place] = observed
        counts.past[place] = number - observed
    return dict(found)
