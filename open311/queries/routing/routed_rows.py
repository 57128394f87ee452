"""What many stored requests are routed by: their services, and the values of each request."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Float, Text, func, select
from sqlalchemy import cast as as_type

from geo.routing.rules import Rule
from open311.database import db
from open311.models import Service, ServiceRequest
from open311.queries.requests.conditions import submitted


@dataclass(frozen=True)
class RoutedService:
    """A service with the rules that may apply to it, in precedence."""

    code: str
    group: str
    rules: Sequence[Rule]

    @cached_property
    def depends_on_place_alone(self) -> bool:
        return not any(rule.times or rule.question is not None for rule in self.rules)

    @cached_property
    def layers(self) -> frozenset[str]:
        """The layers that the rules name: boundaries of others decide nothing."""
        return frozenset(rule.layer for rule in self.rules if rule.layer is not None)


def list_routed_services(jurisdiction_id: str, rules: Sequence[Rule]) -> dict[int, RoutedService]:
    """List all services by id, inactive ones included."""
    rows = db.session.execute(
        select(Service.id, Service.service_code, Service.group).where(
            Service.jurisdiction_id == jurisdiction_id
        )
    )
    return {
        row.id: RoutedService(
            row.service_code,
            row.group,
            [rule for rule in rules if rule.is_for(row.service_code, row.group)],
        )
        for row in rows
    }


def select_routed(jurisdiction_id: str, scope: ColumnElement[bool]) -> Any:
    """Select the routing data of each service request."""
    return (
        select(
            ServiceRequest.pk,
            ServiceRequest.service_request_id,
            ServiceRequest.service_id,
            as_type(ServiceRequest.answers, Text).label("answers"),
            ServiceRequest.status,
            ServiceRequest.department_id,
            ServiceRequest.pinned,
            ServiceRequest.accuracy_meters,
            ServiceRequest.outside_meters,
            ServiceRequest.change_number,
            submitted().label("submitted_at"),
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
        )
        .where(ServiceRequest.jurisdiction_id == jurisdiction_id, ~ServiceRequest.sandbox, scope)
        .order_by(ServiceRequest.pk)
    )
