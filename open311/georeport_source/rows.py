"""Service requests of another server: each row checked and converted for import."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from marshmallow import ValidationError

from geo.coordinates import Point
from open311.georeport_source.documents import list_entries, text_of
from open311.messages.problem import problems_in
from open311.messages.sentences import api_sentences
from open311.steps.values.imports import ImportedServiceRequest, Skipped
from schemas.base import data_keys
from schemas.imports.foreign import ForeignServiceRequestSchema

# The reason to count a row under, by the invalid field; other fields use their name.
REASONS = {
    "service_request_id": "no service_request_id",
    "service_code": "no service_code",
    "status": "unknown status",
    "place": "no place",
    "lat": "unusable lat or long",
    "long": "unusable lat or long",
}


def list_rows(document: Any) -> list[Any]:
    """Return the rows of a list of service requests, unchecked; raises Unreadable."""
    wrappers = ("service_requests", "requests", "request")
    return list_entries(document, *wrappers, mark="service_request_id")


def id_of(row: Any) -> str:
    """Return a row's id as text; empty without one."""
    return text_of(row, "service_request_id")


def check_rows(
    rows: Iterable[Any], now: datetime, zone: tzinfo
) -> tuple[list[ImportedServiceRequest], list[Skipped]]:
    """Split rows into those that can be imported, and those that cannot, with the problem.

    Of rows with the same id, which may be written as 7 and as "7", the first counts. zone applies
    to times sent without one.
    """
    schema = ForeignServiceRequestSchema(now=now, zone=zone)
    order = data_keys(schema)
    good: dict[str, ImportedServiceRequest] = {}
    bad: list[Skipped] = []
    for row in rows:
        try:
            service_request = _service_request(dict(schema.load(row)))
            good.setdefault(service_request.service_request_id, service_request)
        except ValidationError as error:
            detail = api_sentences(problems_in(error, order))
            bad.append(Skipped(id_of(row), _reason(error, order), detail))
    return list(good.values()), bad


def _reason(error: ValidationError, order: Sequence[str]) -> str:
    wrong = [name for name in (*order, "place") if name in error.messages_dict]
    if not wrong:
        return "no named values"
    return REASONS.get(wrong[0], f"unusable {wrong[0]}")


def _service_request(row: dict[str, Any]) -> ImportedServiceRequest:
    return ImportedServiceRequest(
        service_request_id=row["service_request_id"],
        service_code=row["service_code"],
        requested=row["requested_datetime"],
        updated=row["updated_datetime"],
        detailed_status=row["status"],
        status_notes=row["status_notes"],
        point=Point(lat=row["lat"], long=row["long"]) if "lat" in row else None,
        address_string=row["address"],
        address_id=row["address_id"],
        zipcode=row["zipcode"],
        description=row["description"],
        media=row["media_url"],
    )
