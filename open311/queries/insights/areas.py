"""Requests by service and area, for areas to be compared with the city."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Integer, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.figures.areas import Dues, Times
from open311.queries.insights.population import (
    By,
    Population,
    counted,
    facts_in,
    is_between,
    is_in,
    is_work,
    list_boundary_codes,
)
from open311.queries.insights.times import TO_CLOSE, TimeColumns


def times_by_area(
    population: Population, begin: datetime, end: datetime, layer: str
) -> list[Times]:
    """Return the times of what was received from begin until before end, by boundary of a layer.

    Services are ids, and areas are codes.
    """
    facts = facts_in(population)
    group = counted(population, facts, By("layer", layer))
    columns = TimeColumns(population, facts, TO_CLOSE)
    statement = (
        select(
            facts.c.service_id,
            group.column.label("area"),
            columns.hours(columns.until).label("hours"),
            columns.happened.label("happened"),
            func.count(),
        )
        .select_from(group.rows)
        .where(
            is_in(population, facts), is_work(facts), is_between(facts.c.requested_at, begin, end)
        )
        .group_by("service_id", "area", "hours", "happened")
    )
    found = []
    for service, value, hours, happened, number in db.session.execute(statement):
        area = group.key(value)
        if area is not None:
            found.append(Times(service, area, hours, happened, number))
    return found


def dues_by_area(population: Population, begin: datetime, end: datetime, layer: str) -> list[Dues]:
    """Return the promises of due dates from begin until before end, by boundary of a layer.

    Services are ids, and areas are codes. What waits for the requester now is left out.
    """
    facts = facts_in(population)
    group = counted(population, facts, By("layer", layer))
    column, now = facts.c, literal(population.as_of)
    closed = and_(column.closed_at.is_not(None), column.closed_at <= now)
    counts = or_(closed, column.waits_since.is_(None))
    statement = (
        select(
            column.service_id,
            group.column.label("area"),
            func.count(),
            func.count().filter(and_(closed, column.closed_at <= column.due_at)),
        )
        .select_from(group.rows)
        .where(
            is_in(population, facts),
            is_work(facts),
            and_(is_between(column.due_at, begin, end), column.due_at <= now),
            counts,
        )
        .group_by("service_id", "area")
    )
    found = []
    for service, value, fell_due, kept in db.session.execute(statement):
        area = group.key(value)
        if area is not None:
            found.append(Dues(service, area, fell_due, kept))
    return found


def find_first_layer(
    population: Population, begin: datetime, end: datetime, layers: Iterable[str]
) -> str | None:
    """Find the first of some layers in which something was received in a period (aware)."""
    facts = facts_in(population)
    for layer in layers:
        codes = list_boundary_codes(population.jurisdiction.jurisdiction_id, layer)
        inside = (
            select(facts.c.service_request_pk)
            .where(
                is_in(population, facts),
                is_between(facts.c.requested_at, begin, end),
                facts.c.boundaries.overlap(literal(list(codes), ARRAY(Integer))),
            )
            .limit(1)
        )
        if db.session.scalar(inside) is not None:
            return layer
    return None
