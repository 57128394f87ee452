"""Distances to nearby boundaries for service requests stored without them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import tuple_, update

from geo.coordinates import Point
from geo.routing.borders import ASSUMED_ACCURACY, Neighbor, accepted_again
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.models import ServiceRequest, StatusChange
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.requests.triage import list_reviewed
from open311.queries.routing.carry_overs import list_places_of
from open311.queries.routing.decide import Routing, RoutingCase, read_routing
from open311.queries.routing.neighbors import (
    NearBorder,
    find_neighbors,
    is_near,
    list_near_borders,
    list_sets_of_boundaries,
    list_unmeasured,
)
from open311.steps.requests.lock import lock_all
from open311.steps.requests.triage import review_reasons, store_reasons, store_settled
from open311.steps.routing.places import (
    are_same_places,
    place_rows,
    seen_again,
    store_replaced_places,
)
from open311.steps.rows import add_rows
from schemas.vocabulary.steps import ROUTING

AT_ONCE = 500

MEASURING = "measuring"
"""Who resolves entries for boundaries that are no longer near."""


@dataclass(frozen=True)
class _Measured:
    row: Any
    routing: Routing
    places: list[dict[str, Any]]
    borders: Sequence[NearBorder]


@dataclass(frozen=True)
class MeasuredBatch:
    """The last pk of a batch, and how many service requests were measured and left out.

    left_out counts those that changed between the reads and the locks.
    """

    last: int
    measured: int
    left_out: int


@operation
def measure_borders(
    jurisdiction: Scope, after: int = 0, *, again: bool = False
) -> MeasuredBatch | None:
    """Measure AT_ONCE service requests with the boundaries of their date, by pk.

    They are those without distances, or with again all open ones, whose overlaps are found again.
    Continue after the last pk until the result is None: no service request is left. Departments and
    boundaries stay. Open service requests near a boundary enter the triage queue, unless the same
    was reviewed before. All reads come before the locks that changes wait for; those changed since
    are left out.
    """
    rows = list_unmeasured(jurisdiction.jurisdiction_id, after, AT_ONCE, again=again)
    if not rows:
        return None
    places = list_places_of([row.pk for row in rows])
    sets = list_sets_of_boundaries({_any_of(one) for some in places.values() for one in some})
    found = (_measure(jurisdiction, row, places.get(row.pk, ()), sets, again=again) for row in rows)
    measured = [one for one in found if one is not None]
    as_read = [(one.row.pk, one.row.change_number) for one in measured]
    unchanged = lock_all(tuple_(ServiceRequest.pk, ServiceRequest.change_number).in_(as_read))
    left_out = len(measured) - len(unchanged)
    measured = [one for one in measured if one.row.pk in unchanged]
    _write(jurisdiction, measured, datetime.now(UTC).replace(microsecond=0))
    return MeasuredBatch(rows[-1].pk, len(measured), left_out)


def measure_all(jurisdiction: Scope, *, again: bool = False) -> tuple[int, int]:
    """Measure batch after batch; return how many were measured, and how many were left out."""
    measured, left_out = 0, 0
    batch = measure_borders(jurisdiction, again=again)
    while batch is not None:
        measured += batch.measured
        left_out += batch.left_out
        batch = measure_borders(jurisdiction, batch.last, again=again)
    return measured, left_out


def _measure(
    jurisdiction: Scope,
    row: Any,
    stored: Sequence[Mapping[str, Any]],
    sets: Mapping[int, int],
    *,
    again: bool,
) -> _Measured | None:
    """Measure one with the boundary sets of its stored boundaries; sets are those by boundary.

    None if it has no neighbors, or is measured again with the same result.
    """
    question = RoutingCase(
        service_code=row.service_code,
        group=row.group,
        point=Point(lat=row.lat, long=row.long),
        at=row.submitted_at,
        answers=row.answers,
        maps=_maps(jurisdiction, row, stored, sets),
        tolerance=accepted_again(row.outside_meters),
    )
    try:
        routing = read_routing(jurisdiction, question)
    except OutsideServiceArea:  # the service area has become smaller since
        return None
    accuracy = row.accuracy_meters or ASSUMED_ACCURACY
    neighbors = find_neighbors(jurisdiction, routing)
    if not neighbors and not again:
        return None
    borders = list_near_borders(jurisdiction, routing, neighbors, accuracy)
    if not again:
        places = _places(row.pk, stored, neighbors, accuracy)
    else:
        found = place_rows(routing.decision.covering, neighbors, accuracy)
        if are_same_places(stored, found) and row.near_border == is_near(borders):
            return None
        places = [{"service_request_pk": row.pk, **one} for one in found]
    return _Measured(row, routing, places, borders)


def _any_of(place: Mapping[str, Any]) -> int:
    """Return the boundary that a request is in, or next to: both are of the same set."""
    return int(place["boundary_id"] or place["neighbor_id"])


def _maps(
    jurisdiction: Scope, row: Any, stored: Iterable[Mapping[str, Any]], sets: Mapping[int, int]
) -> Maps:
    """Return the sets that it was routed with, and the day of its submission or last reroute."""
    day = (row.rerouted_at or row.submitted_at).astimezone(jurisdiction.zone).date()
    return Maps(day, instead={one["layer_id"]: sets[_any_of(one)] for one in stored})


def _places(
    pk: int,
    stored: Iterable[Mapping[str, Any]],
    neighbors: Iterable[Neighbor],
    accuracy: float,
) -> list[dict[str, Any]]:
    """Return rows of the stored boundaries, each with its neighbors."""
    stored = list(stored)
    inside = {place["layer_id"]: place["boundary_id"] for place in stored}
    others = {place["layer_id"]: place["others"] for place in stored}
    beside = {row["layer_id"]: row for row in place_rows((), neighbors, accuracy)}
    nothing = {"neighbor_id": None, "neighbor_meters": None, "near": False}
    return [
        {
            "service_request_pk": pk,
            "layer_id": layer_id,
            **nothing,
            **beside.get(layer_id, {}),
            "boundary_id": inside.get(layer_id),
            "others": others.get(layer_id, []),
        }
        for layer_id in sorted({*inside, *beside})
    ]


def _write(jurisdiction: Scope, measured: Sequence[_Measured], now: datetime) -> None:
    store_replaced_places(
        [one.row.pk for one in measured], [place for one in measured for place in one.places]
    )
    changed = [one for one in measured if one.row.near_border != is_near(one.borders)]
    if changed:
        changes = [{"pk": one.row.pk, "near_border": is_near(one.borders)} for one in changed]
        db.session.execute(update(ServiceRequest), changes)
    add_rows(StatusChange, [seen_again(one.row, now, ROUTING) for one in changed])
    reasons = {
        one.row.pk: review_reasons(one.borders) for one in measured if one.row.status == "open"
    }
    for reason in ("near_border", "in_overlap"):
        gone = [pk for pk, details in reasons.items() if reason not in details]
        if gone:
            store_settled(gone, [reason], MEASURING)
    reviewed = list_reviewed(list(reasons), MEASURING)
    new = {
        pk: {reason: one for reason, one in details.items() if (pk, reason, one) not in reviewed}
        for pk, details in reasons.items()
    }
    store_reasons(jurisdiction, new, now)
