"""Routing rules as they are stored, in use or not, named as in the columns of routing_rules.csv."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select

from geo.natural_order import natural_key
from geo.times import WEEKDAYS
from open311.database import db
from open311.errors import NotFound
from open311.models import BoundaryLayer, Department, RoutingRule, Service, ServiceRequest
from open311.models.routing_rule import RULE_CONDITIONS
from open311.queries.rerouting import still_open

COLUMNS = (
    *("rule", "service_code", "group", "layer", "boundary"),
    *RULE_CONDITIONS,
    *("department", "note"),
)
"""Of routing_rules.csv."""


@dataclass(frozen=True)
class StoredRule:
    """A rule with its values by COLUMNS, whether it is in use, and its department's name."""

    id: int
    active: bool
    department_name: str
    values: Mapping[str, Any]

    @property
    def stamp(self) -> str:
        """What tells this state of the rule from any other."""
        state = repr((self.active, [self.values[name] for name in COLUMNS]))
        return sha256(state.encode()).hexdigest()[:16]

    @property
    def cells(self) -> list[str]:
        """Its row in routing_rules.csv."""
        return [cell(self.values[name]) for name in COLUMNS]


def cell(value: Any) -> str:
    """Write a value as it stands in a cell of routing_rules.csv."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(WEEKDAYS[day - 1] for day in value)
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)


def list_stored_rules(jurisdiction_id: str) -> list[StoredRule]:
    """List all rules by their codes, in natural order."""
    rows = db.session.execute(_rules(jurisdiction_id)).mappings()
    found = [_stored(row) for row in rows]
    return sorted(found, key=lambda one: natural_key(one.values["rule"]))


def get_stored_rule(jurisdiction_id: str, code: str) -> StoredRule:
    """Get a rule by its code; raises NotFound."""
    found = find_stored_rule(jurisdiction_id, code)
    if found is None:
        raise NotFound(f"There is no routing rule {code}.")
    return found


def find_stored_rule(jurisdiction_id: str, code: str) -> StoredRule | None:
    """Find a rule by its code."""
    statement = _rules(jurisdiction_id).where(RoutingRule.code == code)
    row = db.session.execute(statement).mappings().one_or_none()
    return None if row is None else _stored(row)


def count_open(jurisdiction_id: str) -> dict[int, int]:
    """Count by the id of a rule the service requests still open that it has routed."""
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
            *(getattr(RoutingRule, name) for name in RULE_CONDITIONS),
            Department.code.label("department"),
            Department.name.label("department_name"),
            RoutingRule.note,
        )
        .join(Department, Department.id == RoutingRule.department_id)
        .outerjoin(Service, Service.id == RoutingRule.service_id)
        .outerjoin(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(RoutingRule.jurisdiction_id == jurisdiction_id)
    )


def _stored(row: Mapping[Any, Any]) -> StoredRule:
    values = {name: row[name] for name in COLUMNS}
    return StoredRule(row["id"], row["active"], row["department_name"], values)
