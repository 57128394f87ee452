"""Departments, services, layers, and rules of a seed folder, synchronized."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, insert, select, tuple_, update

from open311.database import Base, db
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
from open311.models.routing import RULE_CONDITIONS, RULE_DATES
from open311.steps.values.imports import SeedData

Key = TypeVar("Key", bound=Hashable)

Row = Mapping[str, Any]

MOST_NAMED = 5


@dataclass(frozen=True)
class Changes:
    """Keys of rows that were added, changed (with their changed columns), and retired."""

    added: list[tuple[Any, ...]] = field(default_factory=list)
    changed: dict[tuple[Any, ...], list[str]] = field(default_factory=dict)
    retired: list[tuple[Any, ...]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.retired)

    def in_words(self, what: str) -> list[str]:
        """Return a sentence for each kind of change, which names the rows if they are few."""
        changed = [f"{_name(key)} ({', '.join(names)})" for key, names in self.changed.items()]
        kinds = (
            ("added", [_name(key) for key in self.added]),
            ("changed", changed),
            ("retired", [_name(key) for key in self.retired]),
        )
        return [f"{what}: {len(names)} {kind}{_list_of(names)}" for kind, names in kinds if names]


def _name(key: tuple[Any, ...]) -> str:
    return str(key[-1])


def _list_of(names: Sequence[str]) -> str:
    return f": {', '.join(names)}" if len(names) <= MOST_NAMED else ""


def compare_rows(
    old: Mapping[tuple[Any, ...], Row], new: Mapping[tuple[Any, ...], Row], retired: Row | None
) -> Changes:
    """Compare rows by key. retired holds the values of an inactive row, if rows stay."""
    gone = [key for key in old if key not in new]
    if retired is not None:
        gone = [key for key in gone if any(old[key][name] != retired[name] for name in retired)]
    differing = {
        key: [name for name, value in row.items() if old[key][name] != value]
        for key, row in new.items()
        if key in old
    }
    return Changes(
        added=[key for key in new if key not in old],
        changed={key: names for key, names in differing.items() if names},
        retired=gone,
    )


def synchronize(
    table: type[Base],
    scope: ColumnElement[bool],
    key: Sequence[str],
    wanted: Iterable[Row],
    *,
    retired: Row | None,
) -> Changes:
    """Insert, update, and retire rows within scope; return the changes.

    wanted are whole rows; key names the identifying columns. A row that is no longer wanted gets
    the values of retired. If retired is None, the row is deleted; if it is empty, the row stays.
    The caller commits.
    """
    new = {tuple(row[name] for name in key): row for row in wanted}
    old = _stored(table, scope, key, {*(retired or ()), *(n for row in new.values() for n in row)})
    changes = compare_rows(old, new, retired)
    identity = tuple_(*(getattr(table, name) for name in key))
    _retire(table, scope, identity, changes, retired)
    for changed in changes.changed:
        db.session.execute(update(table).where(scope, identity == changed).values(**new[changed]))
    if changes.added:
        db.session.execute(insert(table), [dict(new[added]) for added in changes.added])
    return changes


def _stored(
    table: type[Base], scope: ColumnElement[bool], key: Sequence[str], names: Iterable[str]
) -> dict[tuple[Any, ...], Row]:
    columns = [getattr(table, name) for name in {*key, *names}]
    order = [getattr(table, name) for name in key]
    rows = db.session.execute(select(*columns).where(scope).order_by(*order)).mappings()
    return {tuple(row[name] for name in key): dict(row) for row in rows}


def _retire(
    table: type[Base],
    scope: ColumnElement[bool],
    identity: ColumnElement[Any],
    changes: Changes,
    retired: Row | None,
) -> None:
    """Retire rows, also those that change, so that two of them can swap places."""
    if retired is None and changes.retired:
        db.session.execute(delete(table).where(scope, identity.in_(changes.retired)))
    if retired:
        leaving = [*changes.retired, *changes.changed]
        db.session.execute(update(table).where(scope, identity.in_(leaving)).values(**retired))


def store_catalog(data: SeedData) -> tuple[list[str], list[str]]:
    """Synchronize the tables; return sentences about the catalog, and about routing.

    Departments are part of the catalog, as service requests show their names.
    """
    here = {"jurisdiction_id": data.jurisdiction_id}
    departments = synchronize(
        Department,
        Department.jurisdiction_id == data.jurisdiction_id,
        ["code"],
        [{**here, "code": code, **row} for code, row in data.departments.items()],
        retired={},
    )
    services = synchronize(
        Service,
        Service.jurisdiction_id == data.jurisdiction_id,
        ["service_code"],
        [
            {**here, "service_code": code, "active": True, **row}
            for code, row in data.services.items()
        ],
        retired={"active": False},
    )
    catalog = [
        *services.in_words("services"),
        *_store_questions(data),
        *departments.in_words("departments"),
    ]
    layers = synchronize(
        BoundaryLayer,
        BoundaryLayer.jurisdiction_id == data.jurisdiction_id,
        ["code"],
        [{**here, "code": code, **row} for code, row in data.layers.items()],
        retired={},
    )
    routing = [*layers.in_words("layers"), *_store_calendar(data), *_store_rules(data)]
    return catalog, routing


def _store_questions(data: SeedData) -> list[str]:
    services = _ids(Service, Service.service_code, data)
    attributes = synchronize(
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
    values = synchronize(
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
    rules = synchronize(
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
                **{name: row.get(name) for name in (*RULE_CONDITIONS, *RULE_DATES)},
                "department_id": departments[row["department"]],
                "note": row["note"],
                "public_reason": row["public_reason"],
                "active": True,
            }
            for code, row in data.rules.items()
        ],
        retired={"active": False},
    )
    return rules.in_words("routing rules")


def _store_calendar(data: SeedData) -> list[str]:
    here = {"jurisdiction_id": data.jurisdiction_id}
    hours = synchronize(
        BusinessHours,
        BusinessHours.jurisdiction_id == data.jurisdiction_id,
        ["opens", "weekday"],
        [
            {**here, "weekday": weekday, "opens": opens, **row}
            for (weekday, opens), row in data.business_hours.items()
        ],
        retired=None,
    )
    holidays = synchronize(
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
