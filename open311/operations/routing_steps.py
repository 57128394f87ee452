"""Steps on the way of a service request from department to department, as rows."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from geo.routing import Decision


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a service request stands before a step; places are rows as they are stored."""

    pk: int
    department_id: int
    routing_rule_id: int | None
    routing_reason: str
    accepted_at: datetime | None
    near_border: bool
    places: list[dict[str, Any]]

    @property
    def before(self) -> dict[str, Any]:
        """What a step may replace, for who undoes it."""
        return {
            "department_id": self.department_id,
            "routing_rule_id": self.routing_rule_id,
            "routing_reason": self.routing_reason,
            "accepted_at": self.accepted_at.isoformat() if self.accepted_at else None,
            "near_border": self.near_border,
            "places": self.places,
        }


def standing_of(row: Any, places: list[dict[str, Any]]) -> Standing:
    """Give how a service request stands from a row that has its columns by their names."""
    columns = (field.name for field in fields(Standing) if field.name != "places")
    return Standing(**{name: getattr(row, name) for name in columns}, places=places)


@dataclass(frozen=True, kw_only=True)
class Making:
    """Which step is made, of ROUTING_STEPS, by whom and when, and in which carry-over."""

    jurisdiction_id: str
    kind: str
    made_by: str
    made_at: datetime
    carry_over_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a step leads, by which rule if by one, and why."""

    department_id: int
    rule_id: int | None
    reason: str


def target_of(decision: Decision) -> Target:
    """Give where a decision leads."""
    return Target(
        department_id=decision.department_id,
        rule_id=decision.rule.rule_id if decision.rule else None,
        reason=decision.reason,
    )


def step_row(making: Making, standing: Standing, target: Target, **before: Any) -> dict[str, Any]:
    """Give the row of a step from where a service request stands; before is more it replaces."""
    return {
        **vars(making),
        "service_request_pk": standing.pk,
        "from_department_id": standing.department_id,
        "from_rule_id": standing.routing_rule_id,
        "to_department_id": target.department_id,
        "to_rule_id": target.rule_id,
        "reason": target.reason,
        "before": {**standing.before, **before},
    }
