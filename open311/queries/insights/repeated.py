"""Requests that are near others of the same service, for places to which the city comes again."""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from sqlalchemy import Date, Float, Integer, cast, func, literal, select

from open311.database import db
from open311.figures.repeated_places import FEWEST_VISITS, REACH, Spot
from open311.models import ServiceRequest
from open311.queries.insights.population import (
    Population,
    facts_in,
    is_between,
    is_in,
    is_work,
    list_names,
)


def list_chains(
    population: Population, begin: datetime, end: datetime, srid: int
) -> list[tuple[str, list[Spot]]]:
    """List chains of requests, each near the next, with the code of their service.

    They were received from begin until before end (aware). srid is a projection in meters.
    """
    facts, one = facts_in(population), ServiceRequest
    point = func.ST_Transform(one.location, srid)
    near = func.ST_ClusterDBSCAN(point, literal(REACH, Float), literal(FEWEST_VISITS, Integer))
    day = cast(func.timezone(str(population.jurisdiction.zone), facts.c.requested_at), Date)
    spots = (
        select(
            facts.c.service_id,
            near.over(partition_by=facts.c.service_id).label("chain"),
            one.pk,
            func.ST_X(point).label("x"),
            func.ST_Y(point).label("y"),
            day.label("day"),
        )
        .join(one, one.pk == facts.c.service_request_pk)
        .where(
            is_in(population, facts),
            is_work(facts),
            is_between(facts.c.requested_at, begin, end),
            one.location.is_not(None),
            one.duplicate_of_pk.is_(None),  # open ones, too
        )
        .subquery("spots")
    )
    statement = (
        select(spots)
        .where(spots.c.chain.is_not(None))
        .order_by(spots.c.service_id, spots.c.chain, spots.c.pk)
    )
    names = list_names(population.jurisdiction, "service")
    rows = groupby(db.session.execute(statement), key=lambda row: (row[0], row[1]))
    return [(names[key[0]], [Spot(*row[2:]) for row in some]) for key, some in rows]


def list_addresses(pks: Collection[int]) -> dict[int, str]:
    """Return the addresses of requests by key; empty where there is none."""
    statement = select(ServiceRequest.pk, ServiceRequest.address_string).where(
        ServiceRequest.pk.in_(pks)
    )
    return {row.pk: row.address_string for row in db.session.execute(statement)}
