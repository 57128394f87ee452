"""Reads of the lists that a city puts in order: groups, services, departments, and layers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from open311.database import db
from open311.models import BoundaryLayer, Department, Service
from open311.queries.catalog.departments import DEPARTMENTS_IN_ORDER
from open311.queries.catalog.services import in_city_order


@dataclass(frozen=True)
class Entry:
    """An entry of a list: its code, its name, and the ids of its rows.

    The key of a group is its name, and its rows are its services.
    """

    key: str
    name: str
    ids: tuple[int, ...]


def list_in_order(jurisdiction_id: str, what: str, group: str = "") -> list[Entry]:
    """List the groups, services, departments, or layers in their order.

    Services are those of a group.
    """
    if what == "services":
        return _services(jurisdiction_id).get(group, [])
    if what == "groups":
        groups = _services(jurisdiction_id).items()
        return [
            Entry(name, name, tuple(id_ for one in members for id_ in one.ids))
            for name, members in groups
        ]
    return _LISTS[what](jurisdiction_id)


def _services(jurisdiction_id: str) -> dict[str, list[Entry]]:
    """List all services by group, inactive ones included."""
    rows = db.session.execute(
        select(Service.id, Service.service_code, Service.service_name, Service.group)
        .where(Service.jurisdiction_id == jurisdiction_id)
        .order_by(*in_city_order())
    )
    found: dict[str, list[Entry]] = {}
    for row in rows:
        entry = Entry(row.service_code, row.service_name, (row.id,))
        found.setdefault(row.group, []).append(entry)
    return found


def _departments(jurisdiction_id: str) -> list[Entry]:
    rows = db.session.execute(
        select(Department.id, Department.code, Department.name)
        .where(Department.jurisdiction_id == jurisdiction_id)
        .order_by(*DEPARTMENTS_IN_ORDER)
    )
    return [Entry(row.code, row.name, (row.id,)) for row in rows]


def _layers(jurisdiction_id: str) -> list[Entry]:
    rows = db.session.execute(
        select(BoundaryLayer.id, BoundaryLayer.code, BoundaryLayer.name)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    return [Entry(row.code, row.name, (row.id,)) for row in rows]


_LISTS: Mapping[str, Callable[[str], list[Entry]]] = {
    "departments": _departments,
    "layers": _layers,
}
