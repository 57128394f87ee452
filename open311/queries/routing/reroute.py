"""Routing many stored requests at once: read in one statement, decided in memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_

from geo.coordinates import Point, covers, which_covered
from geo.routing.borders import (
    Neighbor,
    accepted_again,
    hits_with_nearest,
    is_accepted,
    settle_neighbors,
)
from geo.routing.decide import Decision
from geo.routing.map_sets import DayMaps, covering_each, hits_at, nearest
from geo.routing.outlines import Outlines
from geo.routing.rules import Hit
from open311.database import db
from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import find_service_area
from open311.queries.maps.sets import Maps, read_day_maps
from open311.queries.routing.decide import (
    Ground,
    Guide,
    Routing,
    RoutingCase,
    read_guide,
    routing_by,
)
from open311.queries.routing.routed_rows import list_routed_services, select_routed

AT_ONCE = 10_000
"""Service requests that are in memory at the same time."""


@dataclass(frozen=True)
class Rerouted:
    """A stored service request whose department would change, and its routing by some sets.

    change_number is that of the state that was read. maps are the sets, prepared for neighbors.
    """

    pk: int
    service_request_id: str | None
    status: str
    department_id: int
    pinned: bool
    accuracy_meters: float | None
    change_number: int
    question: RoutingCase
    routing: Routing
    maps: DayMaps

    @property
    def decision(self) -> Decision:
        return self.routing.decision

    @property
    def neighbors(self) -> tuple[Neighbor, ...]:
        if self.question.point is None:
            return ()
        hits = self.decision.covering
        return settle_neighbors(hits, nearest(self.maps, self.question.point, hits))


@dataclass(frozen=True)
class Rerouting:
    """The routing of stored service requests: how many, and those whose department would change.

    moves are in the order of pk. departments counts the service requests of each department by its
    id, without those whose location would be rejected as outside the service area.
    """

    total: int
    moves: Sequence[Rerouted]
    departments: Counter[int]


def requested_since(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a service request was submitted since a moment."""
    return and_(ServiceRequest.requested_datetime >= moment, ServiceRequest.withdrawn_at.is_(None))


def reroute(
    jurisdiction: Scope, maps: Maps, scope: ColumnElement[bool], guide: Guide | None = None
) -> Rerouting:
    """Route all service requests in scope with these boundary sets and the rules of their day.

    Nothing is stored. Rules with a schedule apply to the time of submission. A guide replaces the
    stored rules.
    """
    area, _source = find_service_area(jurisdiction.jurisdiction_id)
    router = _Router(jurisdiction, maps, area, guide or read_guide(jurisdiction))
    total, moves = 0, []
    departments: Counter[int] = Counter()
    rows = select_routed(jurisdiction.jurisdiction_id, scope).execution_options(yield_per=AT_ONCE)
    for some in db.session.connection().execute(rows).partitions():
        total += len(some)
        for row, hits, is_outside in router.places(some):
            decision = router.decide(row, hits, is_outside=is_outside)
            if decision is None:
                continue
            departments[decision.department_id] += 1
            if decision.department_id != row.department_id:
                moves.append(router.rerouted(row, hits, is_outside=is_outside))
    return Rerouting(total, moves, departments)


class _Router:
    """Decides for stored service requests by the same sets; equal cases are decided once.

    Of an equal case, only the department is the same: it may be in other boundaries of layers that
    no rule of its service names.
    """

    def __init__(
        self, jurisdiction: Scope, maps: Maps, area: BaseGeometry | None, guide: Guide
    ) -> None:
        self._jurisdiction = jurisdiction
        self._maps = maps
        self._day_maps = read_day_maps(jurisdiction.jurisdiction_id, maps)
        self._area = area
        shapely.prepare(area)
        self._guide = guide
        in_effect = [rule for rule in self._guide.rules if rule.is_effective(maps.on)]
        self._services = list_routed_services(jurisdiction.jurisdiction_id, in_effect)
        self._decided: dict[tuple[int, tuple[int, ...], bool], Decision] = {}

    def places(self, rows: Sequence[Any]) -> Iterator[tuple[Any, tuple[int, ...], bool]]:
        """Yield each row with the numbers of its hits, and whether it is outside."""
        lats = np.array([row.lat for row in rows], dtype=float)
        longs = np.array([row.long for row in rows], dtype=float)
        outside = np.zeros(len(rows), dtype=bool)
        if self._area is not None:
            outside = ~np.isnan(lats)
            outside[which_covered(self._area, lats, longs)] = False
        covering = covering_each(self._day_maps, lats, longs)
        for row, hits, is_outside in zip(rows, covering, outside.tolist(), strict=True):
            if is_outside and self._is_accepted_again(row):
                yield row, self._with_nearest(row, hits), False
            else:
                yield row, hits, is_outside

    def _is_accepted_again(self, row: Any) -> bool:
        """Return whether a location outside is no farther outside than when it was accepted.

        The service area may have become smaller since.
        """
        if row.outside_meters is None:
            return False
        near = self._outline.near(Point(lat=row.lat, long=row.long), ())
        meters = min(meters for _area, meters in near)
        return is_accepted(meters, accepted_again(row.outside_meters))

    @cached_property
    def _outline(self) -> Outlines:
        return Outlines.of([] if self._area is None else [self._area], [0])

    def _with_nearest(self, row: Any, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Add the nearest boundaries to those of a location little outside the service area."""
        maps, point = self._day_maps, Point(lat=row.lat, long=row.long)
        hits = [maps.hits[number] for number in numbers]
        found = hits_with_nearest(hits, nearest(maps, point, hits), row.outside_meters)
        return tuple(sorted(maps.numbers[hit.boundary_id] for hit in found))

    def decide(self, row: Any, hits: tuple[int, ...], *, is_outside: bool) -> Decision | None:
        """Return the decision for a row; None if its location would be rejected."""
        if is_outside and self._guide.outside_department_id is None:
            return None
        service = self._services[row.service_id]
        if not service.depends_on_place_alone:
            return self._routing(row, hits, is_outside=is_outside).decision
        named, known = service.layers, self._day_maps.hits
        deciding = tuple(one for one in hits if known[one].layer in named) if named else ()
        key = (row.service_id, deciding, is_outside)
        if key not in self._decided:
            self._decided[key] = self._routing(row, hits, is_outside=is_outside).decision
        return self._decided[key]

    def rerouted(self, row: Any, hits: tuple[int, ...], *, is_outside: bool) -> Rerouted:
        routing = self._routing(row, hits, is_outside=is_outside)
        return Rerouted(
            pk=row.pk,
            service_request_id=row.service_request_id,
            status=row.status,
            department_id=row.department_id,
            pinned=row.pinned,
            accuracy_meters=row.accuracy_meters,
            change_number=row.change_number,
            question=routing.question,
            routing=routing,
            maps=self._day_maps,
        )

    def _routing(self, row: Any, hits: tuple[int, ...], *, is_outside: bool) -> Routing:
        service, guide = self._services[row.service_id], self._guide
        question = RoutingCase(
            service_code=service.code,
            group=service.group,
            point=None if row.lat is None else Point(lat=row.lat, long=row.long),
            at=row.submitted_at,
            answers=orjson.loads(row.answers),
            maps=self._maps,
            tolerance=accepted_again(row.outside_meters),
        )
        ground = Ground(
            hits=self._hits(question.point, hits),
            rules=service.rules,
            calendar=guide.calendar,
            default_department_id=guide.default_department_id,
            outside_department_id=guide.outside_department_id if is_outside else None,
            outside_meters=None if is_outside else self._outside_meters(row),
        )
        return routing_by(self._jurisdiction, question, ground)

    def _outside_meters(self, row: Any) -> float | None:
        """Return the stored distance, unless the service area has grown over the location."""
        if row.outside_meters is None or self._area is None:
            return None
        point = Point(lat=row.lat, long=row.long)
        return None if covers(self._area, point) else float(row.outside_meters)

    def _hits(self, point: Point | None, numbers: tuple[int, ...]) -> Sequence[Hit]:
        return [] if point is None else hits_at(self._day_maps, numbers, point)


def pairs(moves: Sequence[Rerouted]) -> dict[tuple[int, int], int]:
    """Count the service requests that would move from one department to another.

    Those with a manual department are left out.
    """
    return Counter(
        (one.department_id, one.decision.department_id) for one in moves if not one.pinned
    )


COLUMNS = (
    "service_request_id",
    "service_code",
    "status",
    "requested_datetime",
    "lat",
    "long",
    "from",
    "to",
    "pinned",
    "reason",
)


def move_rows(moved: Sequence[Rerouted], names: Mapping[int, str]) -> Iterator[tuple[object, ...]]:
    """Return a row by COLUMNS for each request; names are those of departments by id."""
    for one in moved:
        question, decision = one.question, one.decision
        yield (
            one.service_request_id,
            question.service_code,
            one.status,
            f"{question.at:%Y-%m-%dT%H:%M:%SZ}",
            None if question.point is None else question.point.lat,
            None if question.point is None else question.point.long,
            names[one.department_id],
            names[decision.department_id],
            "yes" if one.pinned else "no",
            decision.reason,
        )
