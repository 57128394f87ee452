"""Boundaries of service requests, the current ones and those nearby."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from geo.routing.borders import Neighbor
from geo.routing.decide import list_others, settle_borders
from geo.routing.rules import Hit
from open311.database import db
from open311.models import ServiceRequestBoundary
from open311.steps.rows import add_rows


def store_places(
    pk: int, covering: Iterable[Hit], neighbors: Iterable[Neighbor], accuracy: float
) -> None:
    """Store the boundaries of a new service request, with one neighbor per layer.

    covering are those that cover its location; accuracy is that of the location, in meters.
    """
    rows = place_rows(covering, neighbors, accuracy)
    add_rows(ServiceRequestBoundary, [{**row, "service_request_pk": pk} for row in rows])


def replace_places(
    pk: int, covering: Iterable[Hit], neighbors: Iterable[Neighbor], accuracy: float
) -> None:
    places = delete(ServiceRequestBoundary)
    db.session.execute(places.where(ServiceRequestBoundary.service_request_pk == pk))
    store_places(pk, covering, neighbors, accuracy)


def place_rows(
    covering: Iterable[Hit], neighbors: Iterable[Neighbor], accuracy: float
) -> list[dict[str, Any]]:
    """Return the rows of boundaries of a service request, one per layer, without its key.

    covering are all boundaries that cover its location.
    """
    covering = tuple(covering)
    inside = {hit.layer_id: hit.boundary_id for hit in settle_borders(covering)}
    others: dict[int, list[int]] = {}
    for hit in list_others(covering):
        others.setdefault(hit.layer_id, []).append(hit.boundary_id)
    near = {one.layer_id: one for one in neighbors}
    return [
        {
            "layer_id": layer_id,
            "boundary_id": inside.get(layer_id),
            "others": others.get(layer_id, []),
            "neighbor_id": near[layer_id].boundary_id if layer_id in near else None,
            "neighbor_meters": near[layer_id].meters if layer_id in near else None,
            "near": layer_id in near and near[layer_id].meters < accuracy,
        }
        for layer_id in sorted({*inside, *near})
    ]


def seen_again(
    row: Any, now: datetime, kind: str, department_id: int | None = None
) -> dict[str, Any]:
    """Return a history step without a status change, so that incremental sync sees the change.

    kind is one of STEP_CODES; department_id is the new department.
    """
    return {
        "service_request_pk": row.pk,
        "status": row.status,
        "detailed_status": row.detailed_status,
        "status_notes": row.status_notes,
        "changed_at": now,
        "opening": False,
        "kind": kind,
        "department_id": department_id,
    }


def store_replaced_places(pks: Sequence[int], rows: list[dict[str, Any]]) -> None:
    """Replace the boundaries of several service requests."""
    mine = ServiceRequestBoundary.service_request_pk.in_(pks)
    db.session.execute(delete(ServiceRequestBoundary).where(mine))
    add_rows(ServiceRequestBoundary, rows)


A_HAIR = 0.005
"""Meters by which a distance to a boundary may differ from the stored one and still be the same."""

Places = Sequence[Mapping[str, Any]]


def store_changed_places(stored: Mapping[int, Places], places: Mapping[int, Places]) -> None:
    """Replace the boundaries of service requests, by pk, where they differ from the stored ones.

    What steps recorded before there were others has none.
    """
    places = {pk: [{"others": [], **row} for row in rows] for pk, rows in places.items()}
    changed = [pk for pk, rows in places.items() if not are_same_places(stored.get(pk, ()), rows)]
    if changed:
        rows = [{**row, "service_request_pk": pk} for pk in changed for row in places[pk]]
        store_replaced_places(changed, rows)


def are_same_places(some: Places, others: Places) -> bool:
    """Return whether two lists of rows of one service request are the same, but for a hair."""
    return len(some) == len(others) and all(map(_is_same, some, others))


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    exact = ("layer_id", "boundary_id", "others", "neighbor_id", "near")
    if any(one[name] != other[name] for name in exact):
        return False
    meters, others = one["neighbor_meters"], other["neighbor_meters"]
    return bool(meters == others or (meters and others and abs(meters - others) < A_HAIR))
