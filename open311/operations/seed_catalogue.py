"""Departments, services with their questions, layers and routing rules of a seed folder."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import (
    AttributeValue,
    BoundaryLayer,
    BusinessHours,
    Department,
    Holiday,
    RoutingRule,
    Service,
    ServiceAttribute,
)
from open311.models.routing_rule import RULE_CONDITIONS
from open311.operations.seed_data import SeedData
from open311.operations.synchronise import synchronise


def store_catalogue(data: SeedData) -> tuple[list[str], list[str]]:
    """Bring the tables in line; give sentences on the catalogue, and on routing.

    Departments count among the catalogue, as service requests show their names.
    """
    here = {"jurisdiction_id": data.jurisdiction_id}
    departments = synchronise(
        Department,
        Department.jurisdiction_id == data.jurisdiction_id,
        ["code"],
        [{**here, "code": code, **row} for code, row in data.departments.items()],
        retired={},
    )
    services = synchronise(
        Service,
        Service.jurisdiction_id == data.jurisdiction_id,
        ["service_code"],
        [
            {**here, "service_code": code, "active": True, **row}
            for code, row in data.services.items()
        ],
        retired={"active": False},
    )
    catalogue = [
        *services.in_words("services"),
        *_store_questions(data),
        *departments.in_words("departments"),
    ]
    layers = synchronise(
        BoundaryLayer,
        BoundaryLayer.jurisdiction_id == data.jurisdiction_id,
        ["code"],
        [{**here, "code": code, **row} for code, row in data.layers.items()],
        retired={},
    )
    routing = [*layers.in_words("layers"), *_store_calendar(data), *_store_rules(data)]
    return catalogue, routing


def _store_questions(data: SeedData) -> list[str]:
    services = _ids(Service, Service.service_code, data)
    attributes = synchronise(
        ServiceAttribute,
        ServiceAttribute.service_id.in_(services.values()),
        ["service_id", "code"],
        [
            {"service_id": services[service_code], "code": code, **row}
            for (service_code, code), row in data.attributes.items()
        ],
        retired=None,
    )
    attribute_ids = _attribute_ids(services)
    values = synchronise(
        AttributeValue,
        AttributeValue.attribute_id.in_(attribute_ids.values()),
        ["attribute_id", "key"],
        [
            {"attribute_id": attribute_ids[services[service_code], code], "key": key, **row}
            for (service_code, code, key), row in data.values.items()
        ],
        retired=None,
    )
    return [*attributes.in_words("questions"), *values.in_words("answers")]


def _store_rules(data: SeedData) -> list[str]:
    departments = _ids(Department, Department.code, data)
    services = _ids(Service, Service.service_code, data)
    layers = _ids(BoundaryLayer, BoundaryLayer.code, data)
    rules = synchronise(
        RoutingRule,
        RoutingRule.jurisdiction_id == data.jurisdiction_id,
        ["code"],
        [
            {
                "jurisdiction_id": data.jurisdiction_id,
                "code": code,
                "service_id": services[row["service_code"]] if row["service_code"] else None,
                "service_group": row["group"],
                "layer_id": layers[row["layer"]] if row["layer"] else None,
                "boundary_code": row["boundary"],
                **{name: row.get(name) for name in RULE_CONDITIONS},
                "department_id": departments[row["department"]],
                "note": row["note"],
                "active": True,
            }
            for code, row in data.rules.items()
        ],
        retired={"active": False},
    )
    return rules.in_words("routing rules")


def _store_calendar(data: SeedData) -> list[str]:
    here = {"jurisdiction_id": data.jurisdiction_id}
    hours = synchronise(
        BusinessHours,
        BusinessHours.jurisdiction_id == data.jurisdiction_id,
        ["opens", "weekday"],
        [
            {**here, "weekday": weekday, "opens": opens, **row}
            for (weekday, opens), row in data.business_hours.items()
        ],
        retired=None,
    )
    holidays = synchronise(
        Holiday,
        Holiday.jurisdiction_id == data.jurisdiction_id,
        ["day"],
        [{**here, "day": day, **row} for day, row in data.holidays.items()],
        retired=None,
    )
    return [*hours.in_words("business hours"), *holidays.in_words("holidays")]


def _ids(table: Any, code: Any, data: SeedData) -> Mapping[str, int]:
    statement = select(code, table.id).where(table.jurisdiction_id == data.jurisdiction_id)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _attribute_ids(services: Mapping[str, int]) -> dict[tuple[int, str], int]:
    statement = select(ServiceAttribute).where(ServiceAttribute.service_id.in_(services.values()))
    rows = db.session.scalars(statement)
    return {(row.service_id, row.code): row.id for row in rows}
