"""The order of groups, services, departments, and boundary layers in lists."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import update

from open311.database import db
from open311.errors import ChangedMeanwhile
from open311.messages.catalog import ORDER_CHANGED_SINCE
from open311.models import BoundaryLayer, Department, Service
from open311.operations.transaction import operation
from open311.queries.catalog.order import list_in_order
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.objections import check_overrides, list_canary_objections
from open311.steps.catalog import move_changeset
from open311.steps.lock import lock_city

_Ordered = type[Service] | type[Department] | type[BoundaryLayer]

_TABLES: Mapping[str, _Ordered] = {
    "groups": Service,
    "services": Service,
    "departments": Department,
    "layers": BoundaryLayer,
}


@operation
def order_list(jurisdiction: Scope, what: str, keys: Sequence[str], group: str = "") -> None:
    """Put groups, services, or departments in an order.

    keys are names of groups, or codes, of all entries. Services are those of a group. Raises
    ChangedMeanwhile if the keys are not those of the present entries.
    """
    _store(jurisdiction.jurisdiction_id, what, keys, group)


@operation
def order_layers(
    jurisdiction: Scope, codes: Sequence[str], overrides: Collection[str] = ()
) -> None:
    """Put all boundary layers in an order, which also decides between rules of equal priority.

    Raises ChangedMeanwhile if the codes are not those of the present layers, and Objected if a
    routing test that passed before would fail.
    """
    maps = Maps(jurisdiction.today())
    broken = {one.name for one in list_canary_objections(jurisdiction, maps)}
    _store(jurisdiction.jurisdiction_id, "layers", codes, "")
    now = list_canary_objections(jurisdiction, maps)
    check_overrides([one for one in now if one.name not in broken], overrides)


def _store(jurisdiction_id: str, what: str, keys: Sequence[str], group: str) -> None:
    lock_city(jurisdiction_id)
    entries = {one.key: one for one in list_in_order(jurisdiction_id, what, group)}
    if sorted(keys) != sorted(entries):
        raise ChangedMeanwhile(ORDER_CHANGED_SINCE)
    ids = [id_ for key in keys for id_ in entries[key].ids]
    if what == "services":
        groups = list_in_order(jurisdiction_id, "groups")
        ids = [id_ for one in groups for id_ in (ids if one.key == group else one.ids)]
    table = _TABLES[what]
    for position, id_ in enumerate(ids, start=1):
        moved = update(table).where(table.id == id_, table.position.is_distinct_from(position))
        db.session.execute(moved.values(position=position))
    move_changeset(jurisdiction_id, datetime.now(UTC).replace(microsecond=0))
