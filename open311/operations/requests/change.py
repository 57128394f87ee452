"""Changes of a service request's location or service, with new routing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from geo.coordinates import Point
from open311.errors import Conflict
from open311.messages.requests import OTHER_VISIBILITY, SAME_LOCATION, SAME_SERVICE
from open311.operations.transaction import operation
from open311.queries.catalog.services import ServiceInfo, get_service
from open311.queries.jurisdictions import Scope
from open311.queries.requests.due_dates import find_due, find_moved
from open311.queries.routing.stored import Routed, get_routed
from open311.steps.requests.priority import store_priority
from open311.steps.requests.triage import (
    ABOUT_PLACES,
    reasons_of_location,
    store_reasons,
    store_settled,
)
from open311.steps.routing.store import lock_routed, store_route_again


@operation
def move_pin(
    jurisdiction: Scope,
    service_request_id: str,
    point: Point,
    made_by: str,
    seen: int | None = None,
    address: str | None = None,
    *,
    tolerance: float = 0.0,
) -> Routed:
    """Move a service request to a point, and route it with the boundaries of its date.

    address replaces its address, unless it is None. tolerance is how many meters less than which
    the point may be outside the service area, whatever the old location was; it is then reviewed.
    This resolves triage entries about the old location. Returns the new state. Raises NotFound,
    Gone, OutsideServiceArea, Conflict if it is there already, and ChangedMeanwhile if another
    change was made after seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if routed.question.point == point:
        raise Conflict(SAME_LOCATION, id=service_request_id)
    question = replace(routed.question, point=point, tolerance=tolerance)
    columns = {"location": point.ewkt, "location_from": "staff", "accuracy_meters": None}
    before = {"location": routed.question.point.ewkt if routed.question.point else None}
    if address is not None and address != routed.address_string:
        # The postal code and the id in the register were those of the old address.
        columns |= {"address_string": address, "address_id": "", "zipcode": ""}
        before["address"] = routed.address_string
    store_settled([routed.pk], ABOUT_PLACES, made_by)
    store_route_again(jurisdiction, routed, question, "moved", made_by, before, **columns)
    moved = get_routed(jurisdiction, service_request_id)
    reasons = reasons_of_location(jurisdiction, moved.outside_meters, ())
    store_reasons(jurisdiction, {moved.pk: reasons}, datetime.now(UTC))
    return moved


@operation
def change_service(
    jurisdiction: Scope,
    service_request_id: str,
    service_code: str,
    made_by: str,
    seen: int | None = None,
    answers: Mapping[str, Any] | None = None,
    *,
    takes_priority: bool = False,
) -> Routed:
    """Change the service of a service request, and route it with the boundaries of its date.

    Working time on hold also extends the new due date. answers, by code, are those to the questions
    of the new service; they replace all others, which the history keeps. With None, all answers
    stay as they are. takes_priority sets the priority that new requests for the service get.

    Raises NotFound, Gone, OutsideServiceArea, Conflict if nothing would change or if a public
    service request would become confidential or the reverse, and ChangedMeanwhile if another change
    was made after seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    service = get_service(jurisdiction.jurisdiction_id, service_code)
    if service.service_code == routed.question.service_code:
        raise Conflict(
            SAME_SERVICE, field="service_code", id=service_request_id, service=service_code
        )
    _check_visibility(routed, service)
    given = routed.question.answers if answers is None else answers
    question = replace(
        routed.question, service_code=service.service_code, group=service.group, answers=given
    )
    expected = _due_after(jurisdiction, routed, service.expected_days)
    columns = {"service_id": service.id, "expected_datetime": expected, "answers": dict(given)}
    before: dict[str, object] = {"service_code": routed.question.service_code}
    if given != routed.question.answers:
        before["answers"] = dict(routed.question.answers)
    store_route_again(jurisdiction, routed, question, "service_changed", made_by, before, **columns)
    if takes_priority:
        store_priority(routed.pk, service.default_priority, made_by)
    return get_routed(jurisdiction, service_request_id)


def _check_visibility(routed: Routed, service: ServiceInfo) -> None:
    if (service.type == "blackbox") != (routed.service_type == "blackbox"):
        raise Conflict(
            OTHER_VISIBILITY,
            field="service_code",
            service=service.service_code,
            other=routed.question.service_code,
        )


def _due_after(jurisdiction: Scope, routed: Routed, days: float | None) -> datetime | None:
    """Return the due date for another service, extended by the time on hold."""
    at = routed.question.at
    promised = find_due(jurisdiction, at, routed.expected_days)
    due = find_due(jurisdiction, at, days)
    if due is None or promised is None or routed.expected_datetime is None:
        return due
    return find_moved(jurisdiction, due, promised, routed.expected_datetime)
