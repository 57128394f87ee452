"""A service request gets another place or another service, and is routed again."""

from dataclasses import replace
from datetime import datetime

from geo.coordinates import Point
from open311.errors import Conflict
from open311.messages.requests import OTHER_VISIBILITY, SAME_LOCATION, SAME_SERVICE
from open311.operations.transaction import operation
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope
from open311.queries.requests.due_dates import find_due, find_moved
from open311.queries.routing.stored import Routed, get_routed
from open311.steps.requests.triage import store_place_settled
from open311.steps.routing.store import lock_routed, store_route_again


@operation
def move_pin(
    jurisdiction: Scope,
    service_request_id: str,
    point: Point,
    made_by: str,
    seen: int | None = None,
) -> Routed:
    """Put a service request at another place, and route it by the maps of its own day.

    Doubts about the old place are settled by that. Gives how it stands then. Raises NotFound, Gone,
    OutsideServiceArea, Conflict where it is there already, and ChangedMeanwhile after another
    change than seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if routed.question.point == point:
        raise Conflict(SAME_LOCATION, id=service_request_id)
    question = replace(routed.question, point=point)
    location = {"location": point.ewkt, "location_from": "staff", "accuracy_metres": None}
    before = {"location": routed.question.point.ewkt if routed.question.point else None}
    store_place_settled(routed.pk, made_by)
    store_route_again(jurisdiction, routed, question, "moved", made_by, before, **location)
    return get_routed(jurisdiction, service_request_id)


@operation
def change_service(
    jurisdiction: Scope,
    service_request_id: str,
    service_code: str,
    made_by: str,
    seen: int | None = None,
) -> Routed:
    """Give a service request another service, and route it by the maps of its own day.

    What it waited for who reported it counts for the new due date as it did for the old one.

    All answers are kept. Raises NotFound, Gone, OutsideServiceArea, and Conflict where nothing
    changes, or where what is public would become private or the other way round, and
    ChangedMeanwhile after another change than seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    service = get_service(jurisdiction.jurisdiction_id, service_code)
    if service.service_code == routed.question.service_code:
        raise Conflict(
            SAME_SERVICE, field="service_code", id=service_request_id, service=service_code
        )
    if (service.type == "blackbox") != (routed.service_type == "blackbox"):
        raise Conflict(
            OTHER_VISIBILITY,
            field="service_code",
            service=service_code,
            other=routed.question.service_code,
        )
    question = replace(routed.question, service_code=service.service_code, group=service.group)
    expected = _due_after(jurisdiction, routed, service.expected_days)
    columns = {"service_id": service.id, "expected_datetime": expected}
    before = {"service_code": routed.question.service_code}
    store_route_again(jurisdiction, routed, question, "service_changed", made_by, before, **columns)
    return get_routed(jurisdiction, service_request_id)


def _due_after(jurisdiction: Scope, routed: Routed, days: float | None) -> datetime | None:
    """Find when another service is due, later by the time that the service request has waited."""
    at = routed.question.at
    promised = find_due(jurisdiction, at, routed.expected_days)
    due = find_due(jurisdiction, at, days)
    if due is None or promised is None or routed.expected_datetime is None:
        return due
    return find_moved(jurisdiction, due, promised, routed.expected_datetime)
