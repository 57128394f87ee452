"""What lists of service requests are filtered by, as a table of conditions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, any_, func, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY

from geo.coordinates import Box, Point
from open311.models import ServiceRequest
from open311.queries.catalog.departments import find_department_ids
from open311.queries.catalog.services import find_service_ids
from open311.queries.search.within import is_in_box, is_within
from open311.queries.search.words import speaks_of
from schemas.vocabulary.statuses import STANDARD_STATUSES

Condition = ColumnElement[bool]


def conditions(jurisdiction_id: str, filters: Mapping[str, Any]) -> list[Condition]:
    """Give the conditions for those of the filters that have a value; ids override the others.

    All are about the table of service requests alone. What is told by a code or a name is looked
    up first, as PostgreSQL plans well only where it knows the very values.
    """
    ids = filters.get("service_request_id")
    if ids:
        return [is_any_of(ServiceRequest.service_request_id, ids)]
    given = {name: value for name, value in filters.items() if value not in (None, [])}
    found = [condition(given[name]) for name, condition in CONDITIONS.items() if name in given]
    found += [
        condition(jurisdiction_id, given[name])
        for name, condition in LOOKED_UP.items()
        if name in given
    ]
    if "radius" in given:
        found.append(is_within(Point(lat=given["lat"], long=given["long"]), given["radius"]))
    return found


def is_any_of(column: Any, values: Sequence[str]) -> Condition:
    """Compare with one array, as each element of IN would be a parameter of its own."""
    condition: Condition = column == any_(literal(list(values), ARRAY(String)))
    return condition


def _has_status(words: Sequence[str]) -> Condition:
    """Compare with detailed statuses, of which open and closed stand for all of their kind."""
    condition = is_any_of(ServiceRequest.status, words)
    if set(words) <= set(STANDARD_STATUSES):
        return condition
    return or_(condition, is_any_of(ServiceRequest.detailed_status, words))


def _is_of_service(jurisdiction_id: str, service_codes: Sequence[str]) -> Condition:
    ids = find_service_ids(jurisdiction_id, service_codes)
    return ServiceRequest.service_id == func.any(literal(ids, ARRAY(Integer)))


def _is_of_department(jurisdiction_id: str, names: Sequence[str]) -> Condition:
    ids = find_department_ids(jurisdiction_id, names)
    return ServiceRequest.department_id == func.any(literal(ids, ARRAY(Integer)))


CONDITIONS: dict[str, Callable[[Any], Condition]] = {
    "start_date": lambda moment: ServiceRequest.requested_datetime >= moment,
    "end_date": lambda moment: ServiceRequest.requested_datetime <= moment,
    "updated_after": lambda moment: ServiceRequest.updated_datetime >= moment,
    "updated_before": lambda moment: ServiceRequest.updated_datetime <= moment,
    "status": _has_status,
    "bbox": lambda corners: is_in_box(Box(**corners)),
}

LOOKED_UP: dict[str, Callable[[str, Any], Condition]] = {
    "service_code": _is_of_service,
    "agency_responsible": _is_of_department,
    "q": speaks_of,
}
