"""Boundaries, routing tests, and past service requests of a seed folder."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, insert, select

from geo.coordinates import Point
from geo.maps.examination import examine
from open311.database import db, prefer_indexes
from open311.errors import InvalidParameters, OutsideServiceArea
from open311.messages.problem import Problem
from open311.messages.seeds import SEED_PROBLEM, SEED_RULE_NAMES_NOTHING
from open311.messages.sentences import api_sentence
from open311.models import Canary, Department, Service
from open311.queries.catalog.services import ServiceInfo, get_service
from open311.queries.city import City, read_city
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.maps.area_doubts import list_area_doubts
from open311.queries.maps.comparison import Comparison, compare
from open311.queries.maps.layers import find_newest_source, find_service_area
from open311.queries.maps.sets import Maps
from open311.queries.requests.conditions import of_jurisdiction
from open311.queries.routing.canaries import check_canaries, list_canaries
from open311.queries.routing.misplaced import list_misplaced
from open311.steps.maps.service_area import store_service_area
from open311.steps.maps.sets import store_published_set
from open311.steps.requests.add import (
    RoutedSubmission,
    StatusSince,
    route_by_snapshot,
    store_routed,
)
from open311.steps.values.boundary_sets import NewBoundarySet
from open311.steps.values.imports import PastServiceRequest, SeedBoundaries, SeedData
from open311.steps.values.submissions import Handles, Submission
from schemas.vocabulary.days import SINCE_EVER


def store_seed_boundaries(data: SeedData, today: date) -> Iterator[str]:
    """Store the service area and each layer's set; yield a sentence per change.

    Sets from other sources stay: a city's own boundaries are not replaced by the example's.
    """
    if data.service_area:
        yield from _store_service_area(data.jurisdiction_id, data.service_area)
    for layer, seeded in data.boundaries.items():
        yield from _store_layer(data, layer, seeded, today)
    yield from _check_places(data.jurisdiction_id, today)


def _check_places(jurisdiction_id: str, today: date) -> Iterator[str]:
    """Refuse rules whose boundary never exists; yield a warning if it does on other days only.

    A rule that begins later may wait for a version that is not published yet. Layers without a set
    are skipped; open311 routing coverage lists their rules.
    """
    misplaced = list_misplaced(jurisdiction_id, today)
    gone = [
        Problem(SEED_RULE_NAMES_NOTHING, {"rule": one.rule, "place": one.place})
        for one in misplaced
        if one.first == today and not one.is_ever_there
    ]
    if gone:
        raise InvalidParameters.of(gone)
    for one in misplaced:
        place = f"rule {one.rule} names {one.place}"
        yield f"Warning: {place}, which is not in effect on {one.first}."


def _store_service_area(jurisdiction_id: str, seeded: SeedBoundaries) -> Iterator[str]:
    area, source = find_service_area(jurisdiction_id)
    new = seeded.boundaries[0].geometry
    if area is not None and source != seeded.source:
        yield f"service area: kept, because it was imported from {source}"
    elif area is None or not area.equals(new):
        for doubt in list_area_doubts(get_jurisdiction(jurisdiction_id), new):
            yield f"Warning: service area: {api_sentence(doubt)}"
        store_service_area(jurisdiction_id, new, seeded.source)
        yield f"service area: {'new' if area is None else 'changed'}"


def _store_layer(data: SeedData, layer: str, seeded: SeedBoundaries, today: date) -> Iterator[str]:
    jurisdiction_id = data.jurisdiction_id
    source = find_newest_source(jurisdiction_id, layer)
    if source not in (None, seeded.source):
        yield f"layer {layer}: kept, because it was imported from {source}"
        return
    found = compare(jurisdiction_id, layer, seeded.boundaries, today)
    if found.unchanged:
        return
    store_published_set(
        NewBoundarySet(
            jurisdiction_id=jurisdiction_id,
            layer=layer,
            boundaries=seeded.boundaries,
            source=seeded.source,
            in_force_from=SINCE_EVER if source is None else today,
            made_by="seed",
        )
    )
    units = data.jurisdiction["units"]
    yield from _in_words(layer, found, units)
    area, _source = find_service_area(jurisdiction_id)
    for doubt in examine(seeded.boundaries, area, found.old):
        yield f"Warning: layer {layer}: {api_sentence(Problem.of(doubt), units)}"


def _in_words(layer: str, found: Comparison, units: str) -> Iterator[str]:
    if found.former is None:
        yield f"layer {layer}: {len(found.changes)} boundaries added"
    else:
        for change in found.changes:
            yield f"layer {layer}: {api_sentence(Problem.of(change), units)}"


def store_canaries(data: SeedData, today: date) -> Iterator[str]:
    """Store the routing tests; yield a sentence if they change, and one per failed test.

    A failed test never blocks a city's own edit: the same person edits both files.
    """
    before = list_canaries(data.jurisdiction_id)
    db.session.execute(delete(Canary).where(Canary.jurisdiction_id == data.jurisdiction_id))
    rows = [_row(data.jurisdiction_id, name, row) for name, row in data.canaries.items()]
    if rows:
        db.session.execute(insert(Canary), rows)
    if list_canaries(data.jurisdiction_id) != before:
        yield f"routing tests: {len(rows)}"
    for result in check_canaries(get_jurisdiction(data.jurisdiction_id), Maps(today)):
        if not result.agrees:
            yield f"Warning: {result}" if result.fails else str(result)


def _row(jurisdiction_id: str, name: str, row: Any) -> dict[str, Any]:
    service = select(Service.id).where(
        Service.jurisdiction_id == jurisdiction_id, Service.service_code == row["service_code"]
    )
    department = select(Department.id).where(
        Department.jurisdiction_id == jurisdiction_id, Department.code == row["department"]
    )
    return {
        "jurisdiction_id": jurisdiction_id,
        "name": name,
        "service_id": db.session.scalar(service),
        "department_id": db.session.scalar(department),
        "location": Point(lat=row["lat"], long=row["long"]).ewkt,
        "note": row["note"],
    }


AT_ONCE = 200
"""Service requests stored together."""

_PUBLIC_ID = re.compile(r"\d\d-0*(?P<number>[1-9]\d{0,17})", re.ASCII)


def store_past_service_requests(
    data: SeedData,
    watch: Callable[[Sequence[PastServiceRequest]], Iterable[PastServiceRequest]],
) -> Iterator[str]:
    """Store past service requests, unless the jurisdiction has any already."""
    jurisdiction = get_jurisdiction(data.jurisdiction_id)
    if not data.service_requests or _has_any(jurisdiction):
        return
    codes = sorted({past.service_code for past in data.service_requests})
    services = {code: get_service(data.jurisdiction_id, code) for code in codes}
    first = min(past.requested for past in data.service_requests)
    city = read_city(jurisdiction, first.astimezone(jurisdiction.zone).date())
    prefer_indexes()
    waiting: list[RoutedSubmission] = []
    for past in watch(data.service_requests):
        waiting.append(_route(city, past, services[past.service_code]))
        if len(waiting) == AT_ONCE:
            store_routed(waiting)
            waiting = []
    if waiting:
        store_routed(waiting)
    _go_on_counting_after(data.service_requests)
    yield f"service requests: {len(data.service_requests)} added"


def _has_any(jurisdiction: Scope) -> bool:
    return bool(db.session.scalar(select(exists().where(of_jurisdiction(jurisdiction)))))


def _route(city: City, past: PastServiceRequest, service: ServiceInfo) -> RoutedSubmission:
    submission = _submission(past, city.scope, service)
    try:
        return route_by_snapshot(
            city, submission, _handles(past, service), past.requested, _since(past)
        )
    except OutsideServiceArea as error:
        place = f"service request {past.service_request_id or 'without an id'}"
        raise InvalidParameters(SEED_PROBLEM, place=place, problem=error.problems[0]) from None


def _since(past: PastServiceRequest) -> StatusSince | None:
    if not past.updated and not past.status_notes and past.status == "open":
        return None
    return StatusSince(past.status, past.status_notes, past.updated or past.requested)


def _submission(past: PastServiceRequest, jurisdiction: Scope, service: ServiceInfo) -> Submission:
    sent = dict(past.submission)
    place = (sent.pop("lat", None), sent.pop("long", None))
    point = None if place[0] is None else Point(lat=place[0], long=place[1])
    return Submission(jurisdiction=jurisdiction, service=service, point=point, **sent)


def _handles(past: PastServiceRequest, service: ServiceInfo) -> Handles:
    return Handles(
        service_request_id=past.service_request_id,
        token=secrets.token_hex(16) if service.type == "batch" else None,
        public=service.type != "blackbox" and not past.pending,
    )


def _go_on_counting_after(stored: Sequence[PastServiceRequest]) -> None:
    """Continue the numbering of new ids after the stored ones."""
    ids = (_PUBLIC_ID.fullmatch(past.service_request_id or "") for past in stored)
    numbers = [int(match["number"]) for match in ids if match]
    if numbers:
        last = select(func.pg_sequence_last_value("service_request_numbers")).scalar_subquery()
        highest = func.greatest(max(numbers), func.coalesce(last, 0))
        db.session.execute(select(func.setval("service_request_numbers", highest)))
