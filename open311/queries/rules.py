"""Reading routing rules and the calendar that some of them go by."""

from datetime import time
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from geo.rules import Rule, in_precedence
from geo.times import ALWAYS, Calendar, Times
from open311.database import db
from open311.models import (
    Boundary,
    BoundaryLayer,
    BusinessHours,
    Holiday,
    Jurisdiction,
    RoutingRule,
    Service,
)

_TIMES = ("hours", "time_from", "time_until", "season_from", "season_until")


def list_rules(jurisdiction_id: str, *, in_use: bool = True) -> list[Rule]:
    """List the routing rules that are in use, the strongest first; or those that are not."""
    statement = (
        select(
            RoutingRule.id,
            RoutingRule.code,
            RoutingRule.department_id,
            Service.service_code,
            RoutingRule.service_group,
            BoundaryLayer.code.label("layer"),
            RoutingRule.boundary_code,
            BoundaryLayer.position,
            BoundaryLayer.exception,
            RoutingRule.question,
            RoutingRule.answer,
            RoutingRule.weekdays,
            *(getattr(RoutingRule, name) for name in _TIMES),
        )
        .outerjoin(Service, Service.id == RoutingRule.service_id)
        .outerjoin(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(RoutingRule.jurisdiction_id == jurisdiction_id, RoutingRule.active == in_use)
    )
    return in_precedence(_rule(row) for row in db.session.execute(statement))


def _rule(row: Any) -> Rule:
    return Rule(
        rule_id=row.id,
        code=row.code,
        department_id=row.department_id,
        service_code=row.service_code,
        group=row.service_group,
        layer=row.layer,
        boundary=row.boundary_code,
        layer_position=row.position or 0,
        exception=bool(row.exception),
        question=row.question,
        answer=row.answer,
        times=_times(row),
    )


def _times(row: Any) -> Times:
    weekdays = None if row.weekdays is None else frozenset(row.weekdays)
    times = Times(weekdays=weekdays, **{name: getattr(row, name) for name in _TIMES})
    return times or ALWAYS


def list_rules_naming_others(layer_id: int, set_id: int | None) -> list[tuple[str, str]]:
    """List the rules in use that name of a layer what a set does not have: (rule, place).

    Without a set that is every rule of the layer.
    """
    codes = select(Boundary.code).where(Boundary.set_id == set_id)
    missing = true() if set_id is None else RoutingRule.boundary_code.not_in(codes)
    place = func.concat_ws(" ", BoundaryLayer.code, RoutingRule.boundary_code)
    statement = (
        select(RoutingRule.code, place)
        .join(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(RoutingRule.layer_id == layer_id, RoutingRule.active, missing)
        .order_by(RoutingRule.boundary_code, RoutingRule.code)
    )
    return [(rule, where) for rule, where in db.session.execute(statement)]


def get_calendar(jurisdiction_id: str) -> Calendar:
    """Get a jurisdiction's business hours and holidays, its own and the public ones, in one go."""
    span = func.json_build_array(BusinessHours.weekday, BusinessHours.opens, BusinessHours.closes)
    in_order = aggregate_order_by(span, BusinessHours.weekday, BusinessHours.opens)
    spans = select(func.json_agg(in_order)).where(BusinessHours.jurisdiction_id == jurisdiction_id)
    days = select(func.array_agg(Holiday.day)).where(Holiday.jurisdiction_id == jurisdiction_id)
    row = db.session.execute(
        select(
            Jurisdiction.public_holidays,
            spans.scalar_subquery().label("spans"),
            days.scalar_subquery().label("days"),
        ).where(Jurisdiction.id == jurisdiction_id)
    ).one()
    hours: dict[int, tuple[tuple[time, time], ...]] = {}
    for weekday, opens, closes in row.spans or ():
        clock = (time.fromisoformat(opens), time.fromisoformat(closes))
        hours[weekday] = (*hours.get(weekday, ()), clock)
    return Calendar(hours, frozenset(row.days or ()), row.public_holidays)
