"""Numbers of transferred service requests by the rule that routed them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, and_, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from geo.natural_order import natural_key
from geo.routing.transfers import Transfers
from open311.database import db
from open311.models import Department, RoutingRule, RoutingStep, ServiceRequest
from open311.queries.routing.stored import CHOSEN


def list_transfers(jurisdiction_id: str, begin: datetime, end: datetime) -> list[Transfers]:
    """Count for each rule the requests that it routed in a period, and their transfers.

    begin (included) and end (excluded) apply to requested_datetime. Setting another department
    manually counts as a transfer. Of several transfers of a request, the last counts. Ordered by
    the number of transfers, highest first.
    """
    first = _first_hand_overs()
    handed_over = first.c.service_request_pk.is_not(None)
    rule_id = case((handed_over, first.c.from_rule_id), else_=ServiceRequest.routing_rule_id)
    began = func.coalesce(first.c.from_department_id, ServiceRequest.department_id)
    start, target = aliased(Department), aliased(Department)
    moved = and_(handed_over, target.id == ServiceRequest.department_id, target.id != began)
    statement = (
        select(RoutingRule.code, start.name, target.name.label("target"), func.count())
        .select_from(ServiceRequest)
        .outerjoin(first, first.c.service_request_pk == ServiceRequest.pk)
        .outerjoin(RoutingRule, RoutingRule.id == rule_id)
        .join(start, start.id == began)
        .outerjoin(target, moved)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ~ServiceRequest.sandbox,
            ServiceRequest.requested_datetime >= begin,
            ServiceRequest.requested_datetime < end,
        )
        .group_by(RoutingRule.code, start.name, target.name)
    )
    return _gather(list(db.session.execute(statement)))


def _first_hand_overs() -> Subquery:
    return (
        select(
            RoutingStep.service_request_pk,
            RoutingStep.from_rule_id,
            RoutingStep.from_department_id,
        )
        .ext(distinct_on(RoutingStep.service_request_pk))
        .where(
            RoutingStep.kind.in_(CHOSEN),
            RoutingStep.from_department_id != RoutingStep.to_department_id,
        )
        .order_by(RoutingStep.service_request_pk, RoutingStep.id)
        .subquery()
    )


def _gather(rows: Sequence[Any]) -> list[Transfers]:
    routed: dict[tuple[str | None, str], int] = defaultdict(int)
    targets: dict[tuple[str | None, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        rule, department, target, count = tuple(row)
        routed[rule, department] += count
        if target is not None:
            targets[rule, department][target] = count
    found = [
        Transfers(rule, department, routed[rule, department], targets[rule, department])
        for rule, department in routed
    ]
    return sorted(
        found, key=lambda one: (-one.handed_over, natural_key(one.rule or ""), one.department)
    )
