"""Ids of the services, groups, layers, boundaries, and answers that a rule can name."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, exists, func, select

from open311.database import db
from open311.messages.problem import Problem
from open311.messages.routing import (
    RULE_ANSWER_UNKNOWN,
    RULE_BOUNDARY_GONE,
    RULE_DEPARTMENT_UNKNOWN,
    RULE_GROUP_EMPTY,
    RULE_LAYER_UNKNOWN,
    RULE_SERVICE_UNKNOWN,
    RULE_WITHOUT_HOURS,
)
from open311.models import (
    AttributeValue,
    Boundary,
    BoundaryLayer,
    BoundarySet,
    BusinessHours,
    Department,
    RoutingRule,
    Service,
    ServiceAttribute,
)
from open311.models.routing import RULE_CONDITIONS, RULE_DATES
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import PUBLISHED

Row = Mapping[str, Any]
"""The values of a row of routing_rules.csv."""


def rule_columns(
    jurisdiction: Scope, row: Row, *, in_use: bool
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the columns of a rule, and a problem for each missing object that it names.

    An inactive rule can name missing groups, boundaries, and answers.
    """
    here = jurisdiction.jurisdiction_id
    ids = {
        "service_id": _find(Service, Service.service_code, here, row["service_code"]),
        "layer_id": _find(BoundaryLayer, BoundaryLayer.code, here, row["layer"]),
        "department_id": _find(Department, Department.code, here, row["department"]),
    }
    columns = {
        **ids,
        "service_group": row["group"],
        "boundary_code": row["boundary"],
        **{name: row[name] for name in (*RULE_CONDITIONS, *RULE_DATES)},
        "note": row["note"],
        "public_reason": row["public_reason"],
    }
    unknown = _unknown(row, ids)
    return columns, [*unknown, *(_gone(jurisdiction, row, ids) if in_use else ())]


def _unknown(row: Row, ids: Mapping[str, int | None]) -> list[Problem]:
    """List the names without an id, which would otherwise make the rule apply to all."""
    return [
        Problem(message, {"code": row[name]}, field)
        for message, name, id_, field in (
            (RULE_SERVICE_UNKNOWN, "service_code", ids["service_id"], "what"),
            (RULE_LAYER_UNKNOWN, "layer", ids["layer_id"], "where"),
            (RULE_DEPARTMENT_UNKNOWN, "department", ids["department_id"], "department"),
        )
        if row[name] is not None and id_ is None
    ]


def _gone(jurisdiction: Scope, row: Row, ids: Mapping[str, int | None]) -> list[Problem]:
    problems = []
    if row["group"] is not None and not _there(_group(jurisdiction, row["group"])):
        problems.append(Problem(RULE_GROUP_EMPTY, {"group": row["group"]}, "what"))
    if ids["layer_id"] and not _is_boundary(jurisdiction, ids["layer_id"], row):
        place = {"boundary": row["boundary"], "layer": row["layer"]}
        problems.append(Problem(RULE_BOUNDARY_GONE, place, "where"))
    if row["hours"] is not None and not _there(_hours(jurisdiction)):
        problems.append(Problem(RULE_WITHOUT_HOURS, field="hours"))
    if ids["service_id"] and row["question"] and not _there(_answer(ids["service_id"], row)):
        answer = {"answer": row["answer"], "question": row["question"]}
        problems.append(Problem(RULE_ANSWER_UNKNOWN, answer, "answered"))
    return problems


def find_same_case(jurisdiction_id: str, code: str, columns: Row) -> str | None:
    """Return the code of another active rule with the same conditions on a common day, if any."""
    names = ("service_id", "service_group", "layer_id", "boundary_code", *RULE_CONDITIONS)
    return db.session.scalar(
        select(RoutingRule.code).where(
            RoutingRule.jurisdiction_id == jurisdiction_id,
            RoutingRule.active,
            RoutingRule.code != code,
            func.daterange(RoutingRule.effective_from, RoutingRule.effective_until).op("&&")(
                func.daterange(*(columns[name] for name in RULE_DATES))
            ),
            *(getattr(RoutingRule, name).is_not_distinct_from(columns[name]) for name in names),
        )
    )


def list_answers(jurisdiction_id: str) -> list[tuple[str, str, str, str, str]]:
    """List possible answers: (service_code, question, its text, answer, its name)."""
    rows = db.session.execute(
        select(
            Service.service_code,
            ServiceAttribute.code,
            ServiceAttribute.description,
            AttributeValue.key,
            AttributeValue.name,
        )
        .join(ServiceAttribute, ServiceAttribute.service_id == Service.id)
        .join(AttributeValue, AttributeValue.attribute_id == ServiceAttribute.id)
        .where(Service.jurisdiction_id == jurisdiction_id, Service.active)
        .order_by(Service.service_code, ServiceAttribute.order, AttributeValue.position)
    )
    return [
        (service_code, question, text, answer, name)
        for service_code, question, text, answer, name in rows
    ]


def _find(table: Any, code: Any, jurisdiction_id: str, wanted: str | None) -> int | None:
    if wanted is None:
        return None
    found: int | None = db.session.scalar(
        select(table.id).where(table.jurisdiction_id == jurisdiction_id, code == wanted)
    )
    return found


def _there(statement: Select[Any]) -> bool:
    return bool(db.session.scalar(select(exists(statement.limit(1)))))


def _group(jurisdiction: Scope, group: str) -> Select[Any]:
    here = Service.jurisdiction_id == jurisdiction.jurisdiction_id
    return select(Service.id).where(here, Service.active, Service.group == group)


def _hours(jurisdiction: Scope) -> Select[Any]:
    here = BusinessHours.jurisdiction_id == jurisdiction.jurisdiction_id
    return select(BusinessHours.weekday).where(here)


def _answer(service_id: int, row: Row) -> Select[Any]:
    return (
        select(AttributeValue.key)
        .join(ServiceAttribute, ServiceAttribute.id == AttributeValue.attribute_id)
        .where(
            ServiceAttribute.service_id == service_id,
            ServiceAttribute.code == row["question"],
            AttributeValue.key == row["answer"],
        )
    )


def _is_boundary(jurisdiction: Scope, layer_id: int, row: Row) -> bool:
    """Return whether a set that is current on a day of the rule has its boundary.

    Past days count only for a rule that says since when, or that has ended.
    """
    if row["boundary"] is None:
        return True
    begin, end = (row[name] for name in RULE_DATES)
    if begin is None and (end is None or end > jurisdiction.today()):
        begin = jurisdiction.today()
    return _there(
        select(Boundary.id)
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .where(
            BoundarySet.layer_id == layer_id,
            PUBLISHED,
            func.daterange(BoundarySet.in_force_from, BoundarySet.in_force_until).op("&&")(
                func.daterange(begin, end)
            ),
            Boundary.code == row["boundary"],
        )
    )
