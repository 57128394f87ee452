"""Routing rules and the calendar that they use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from geo.natural_order import natural_key
from geo.routing.rules import Rule, in_precedence
from geo.routing.times import ALWAYS, WEEKDAYS, Calendar, Times
from open311.database import db
from open311.errors import NotFound
from open311.messages.routing import RULE_UNKNOWN
from open311.models import (
    Boundary,
    BoundaryLayer,
    BusinessHours,
    Department,
    Holiday,
    Jurisdiction,
    RoutingRule,
    Service,
    ServiceRequest,
)
from open311.models.routing import RULE_CONDITIONS, RULE_DATES
from open311.queries.requests.conditions import still_open

_TIMES = ("hours", "time_from", "time_until", "season_from", "season_until")


def list_rules(jurisdiction_id: str, *, in_use: bool = True) -> list[Rule]:
    """List the active routing rules, highest priority first; or the inactive ones."""
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
            BoundaryLayer.overlapping,
            RoutingRule.question,
            RoutingRule.answer,
            RoutingRule.weekdays,
            RoutingRule.public_reason,
            RoutingRule.effective_from,
            RoutingRule.effective_until,
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
        public_reason=row.public_reason,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        overlapping=bool(row.overlapping),
    )


def _times(row: Any) -> Times:
    weekdays = None if row.weekdays is None else frozenset(row.weekdays)
    times = Times(weekdays=weekdays, **{name: getattr(row, name) for name in _TIMES})
    return times or ALWAYS


def effective(on: date) -> ColumnElement[bool]:
    """Return the condition that a rule counts on a day."""
    begin, end = RoutingRule.effective_from, RoutingRule.effective_until
    return and_(or_(begin.is_(None), begin <= on), or_(end.is_(None), end > on))


def list_rules_naming_others(layer_id: int, set_id: int | None, on: date) -> list[tuple[str, str]]:
    """List the rules of a day that name a boundary of a layer that a set lacks: (rule, place).

    Without a set, these are all active rules of the layer in effect on the day.
    """
    codes = select(Boundary.code).where(Boundary.set_id == set_id)
    missing = true() if set_id is None else RoutingRule.boundary_code.not_in(codes)
    place = func.concat_ws(" ", BoundaryLayer.code, RoutingRule.boundary_code)
    statement = (
        select(RoutingRule.code, place)
        .join(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(RoutingRule.layer_id == layer_id, RoutingRule.active, effective(on), missing)
        .order_by(RoutingRule.boundary_code, RoutingRule.code)
    )
    return [(rule, where) for rule, where in db.session.execute(statement)]


def get_calendar(jurisdiction_id: str) -> Calendar:
    """Return a jurisdiction's business hours with its own and the public holidays."""
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


COLUMNS = (
    *("rule", "service_code", "group", "layer", "boundary"),
    *RULE_CONDITIONS,
    *RULE_DATES,
    *("department", "note", "public_reason"),
)
"""Columns of routing_rules.csv."""


@dataclass(frozen=True)
class StoredRule:
    """A rule with its values by COLUMNS, whether it is active, and its department's name."""

    id: int
    active: bool
    department_name: str
    values: Mapping[str, Any]

    @property
    def stamp(self) -> str:
        """Digest that changes with the rule, to detect concurrent edits."""
        state = repr((self.active, [self.values[name] for name in COLUMNS]))
        return sha256(state.encode()).hexdigest()[:16]

    @property
    def cells(self) -> list[str]:
        """Its row in routing_rules.csv."""
        return [cell(self.values[name]) for name in COLUMNS]


def cell(value: Any) -> str:
    """Write a value as a cell of routing_rules.csv."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(WEEKDAYS[day - 1] for day in value)
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)


def list_stored_rules(jurisdiction_id: str) -> list[StoredRule]:
    """List all rules by code, in natural order."""
    rows = db.session.execute(_rules(jurisdiction_id)).mappings()
    found = [_stored(row) for row in rows]
    return sorted(found, key=lambda one: natural_key(one.values["rule"]))


def get_stored_rule(jurisdiction_id: str, code: str) -> StoredRule:
    """Get a rule by its code; raises NotFound."""
    found = find_stored_rule(jurisdiction_id, code)
    if found is None:
        raise NotFound(RULE_UNKNOWN, rule=code)
    return found


def find_stored_rule(jurisdiction_id: str, code: str) -> StoredRule | None:
    """Find a rule by its code."""
    statement = _rules(jurisdiction_id).where(RoutingRule.code == code)
    row = db.session.execute(statement).mappings().one_or_none()
    return None if row is None else _stored(row)


def count_open(jurisdiction_id: str) -> dict[int, int]:
    """Count the open service requests that each rule routed, by rule id."""
    rows = db.session.execute(
        select(ServiceRequest.routing_rule_id, func.count())
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ServiceRequest.routing_rule_id.is_not(None),
            ~ServiceRequest.sandbox,
            still_open(),
        )
        .group_by(ServiceRequest.routing_rule_id)
        .order_by(ServiceRequest.routing_rule_id)
    )
    return {rule_id: count for rule_id, count in rows if rule_id is not None}


def _rules(jurisdiction_id: str) -> Select[Any]:
    return (
        select(
            RoutingRule.id,
            RoutingRule.active,
            RoutingRule.code.label("rule"),
            Service.service_code,
            RoutingRule.service_group.label("group"),
            BoundaryLayer.code.label("layer"),
            RoutingRule.boundary_code.label("boundary"),
            *(getattr(RoutingRule, name) for name in (*RULE_CONDITIONS, *RULE_DATES)),
            Department.code.label("department"),
            Department.name.label("department_name"),
            RoutingRule.note,
            RoutingRule.public_reason,
        )
        .join(Department, Department.id == RoutingRule.department_id)
        .outerjoin(Service, Service.id == RoutingRule.service_id)
        .outerjoin(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(RoutingRule.jurisdiction_id == jurisdiction_id)
    )


def _stored(row: Mapping[Any, Any]) -> StoredRule:
    values = {name: row[name] for name in COLUMNS}
    return StoredRule(row["id"], row["active"], row["department_name"], values)
