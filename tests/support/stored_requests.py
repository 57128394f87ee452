"""Service requests that are written into the tables as they would be after months of use."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from open311.database import db

_INSERT = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, withdrawn_at, service_id,
        department_id, routing_reason, pinned, duplicate_of_pk, location, location_from,
        near_border, address_string, address_id, zipcode, description, media_url, answers, status,
        detailed_status, status_notes, requested_datetime, updated_datetime, expected_datetime
    )
    SELECT service.jurisdiction_id, :name, :public, :sandbox, :withdrawn_at, service.id,
        (SELECT min(id) FROM departments WHERE jurisdiction_id = service.jurisdiction_id), '',
        false, :duplicate_of, ST_Point(:long, :lat, 4326), 'client', false, '', '', '',
        :description, '', '{}', :status, :detailed_status, '', :requested, :updated, :expected
    FROM services AS service WHERE service.service_code = :service_code
    RETURNING pk
"""


def store_request(name: str, service_code: str, **different: Any) -> int:
    """Store an open request of now at latitude and longitude 0.5, and return its pk.

    different replaces values of _INSERT by name; with days, it was submitted so many days ago, and
    with took, closed as many days later. updated and detailed_status follow from these.
    """
    days, took = different.pop("days", 0), different.pop("took", None)
    due = different.pop("due", None)
    requested = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    status = "open" if took is None else "closed"
    values = {
        "name": name,
        "service_code": service_code,
        "public": True,
        "sandbox": False,
        "withdrawn_at": None,
        "duplicate_of": None,
        "lat": 0.5,
        "long": 0.5,
        "description": f"Request {name}",
        "status": status,
        "detailed_status": status,
        "requested": requested,
        "updated": requested + timedelta(days=took or 0),
        "expected": None if due is None else requested + timedelta(days=due),
        **different,
    }
    pk: int = db.session.scalars(text(_INSERT), values).one()
    return pk
