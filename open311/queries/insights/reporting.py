"""Further reports of known problems, by service and area."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Float, cast, extract, func, literal, select, text, union_all
from sqlalchemy.orm import aliased

from open311.database import db
from open311.figures.reporting_rates import LONGEST, Exposure
from open311.models import ServiceRequest, Support
from open311.queries.insights.population import (
    By,
    Population,
    counted,
    facts_in,
    is_between,
    is_in,
    is_work,
    list_names,
)

SECONDS_OF_DAY = 86_400

Key = tuple[str, str]
"""The codes of a service and of an area."""


def list_exposures(
    population: Population, begin: datetime, end: datetime, layer: str
) -> list[Exposure]:
    """List what was reported again of problems received from begin until before end (aware).

    A problem is a request with its duplicates and those who have it, too. Further reports count
    from the first one until somebody acts, for LONGEST days at most. Areas are codes of a layer.
    """
    facts = facts_in(population)
    group = counted(population, facts, By("layer", layer))
    asked = (
        is_in(population, facts),
        is_work(facts),
        is_between(facts.c.requested_at, begin, end),
    )
    problems = _problems(population, facts, asked)
    statement = (
        select(
            facts.c.service_id,
            group.column.label("area"),
            func.count(),
            func.sum(problems.c.repeats),
            func.sum(problems.c.days),
        )
        .select_from(group.rows.join(problems, problems.c.pk == facts.c.service_request_pk))
        .where(*asked)
        .group_by("service_id", "area")
    )
    names = list_names(population.jurisdiction, "service")
    sums: dict[tuple[str, str], list[float]] = {}
    for service, value, *numbers in db.session.execute(statement):
        area = group.key(value)
        if area is not None:
            _add(sums, (names[service], area), numbers)
    return [
        Exposure(*key, int(number), int(repeats), float(days))
        for key, (number, repeats, days) in sorted(sums.items())
    ]


def _add(sums: dict[Key, list[float]], key: Key, numbers: Sequence[float]) -> None:
    """Add numbers to those of a key: boundaries of several versions may have one code."""
    known = sums.get(key, [0] * len(numbers))
    sums[key] = [one + more for one, more in zip(known, numbers, strict=True)]


def _problems(population: Population, facts: Any, asked: tuple[Any, ...]) -> Any:
    """Select the problems: their key, their further reports, and the days in which they count."""
    known = (
        select(
            facts.c.service_request_pk.label("pk"),
            facts.c.requested_at.label("at"),
            func.least(facts.c.first_action_at, facts.c.closed_at).label("acted_at"),
        )
        .join(ServiceRequest, ServiceRequest.pk == facts.c.service_request_pk)
        .where(*asked, ServiceRequest.duplicate_of_pk.is_(None))  # duplicates are open, too
        .cte("known")
    )
    reports = _reports(known)
    first = (
        select(reports.c.pk, func.min(reports.c.at).label("at"))
        .group_by(reports.c.pk)
        .subquery("first")
    )
    longest = text(f"interval '{LONGEST} days'")
    now = literal(population.as_of)
    until = func.greatest(first.c.at, func.least(first.c.at + longest, known.c.acted_at, now))
    windows = (
        select(known.c.pk, first.c.at, until.label("until"))
        .join(first, first.c.pk == known.c.pk)
        .subquery("windows")
    )
    seconds = extract("epoch", windows.c.until - windows.c.at)
    return (
        select(
            windows.c.pk,
            (func.count() - 1).label("repeats"),
            cast(func.min(seconds) / SECONDS_OF_DAY, Float).label("days"),
        )
        .join(reports, reports.c.pk == windows.c.pk)
        .where(reports.c.at <= windows.c.until)
        .group_by(windows.c.pk)
        .subquery("problems")
    )


def _reports(known: CTE) -> Any:
    """Select the times of all reports of known problems, the first ones included."""
    duplicate = aliased(ServiceRequest)
    return union_all(
        select(known.c.pk, known.c.at),
        select(known.c.pk, duplicate.requested_datetime)
        .join(duplicate, duplicate.duplicate_of_pk == known.c.pk)
        .where(duplicate.withdrawn_at.is_(None)),
        select(known.c.pk, Support.made_at).join(Support, Support.service_request_pk == known.c.pk),
    ).subquery("reports")
