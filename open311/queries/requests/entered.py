"""What staff have entered: by its number, and by the form that it came with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import Department, Receipt, Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, not_withdrawn, of_jurisdiction
from open311.queries.requests.receipts import Sending


def find_entered(sending: Sending, now: datetime) -> str | None:
    """Return the number, or else the token, of what was stored with an Idempotency-Key."""
    found: str | None = db.session.scalar(
        select(_name())
        .join(Receipt, Receipt.service_request_pk == ServiceRequest.pk)
        .where(
            Receipt.jurisdiction_id == sending.jurisdiction_id,
            Receipt.sandbox == sending.sandbox,
            Receipt.api_key_id.is_not_distinct_from(sending.api_key_id),
            Receipt.idempotency_key == sending.idempotency_key,
            Receipt.received_at > now - sending.key_lifetime,
            not_withdrawn(),
        )
    )
    return found


@dataclass(frozen=True)
class EnteredRequest:
    """What the confirmation tells; service_request_id is None until a batch is approved."""

    service_request_id: str | None
    name: str
    channel: str
    service_code: str
    service_name: str
    service_notice: str
    department_code: str
    department: str
    address: str
    expected_datetime: datetime | None


def get_entered(jurisdiction: Scope, name: str) -> EnteredRequest:
    """Get a request by its number or token; raises NotFound."""
    row = db.session.execute(
        select(
            ServiceRequest.service_request_id,
            _name().label("name"),
            ServiceRequest.channel,
            Service.service_code,
            Service.service_name,
            Service.service_notice,
            Department.code.label("department_code"),
            Department.name.label("department"),
            ServiceRequest.address_string.label("address"),
            ServiceRequest.expected_datetime,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(of_jurisdiction(jurisdiction), known_as(name), not_withdrawn())
    ).one_or_none()
    if row is None:
        raise NotFound(REQUEST_UNKNOWN, id=name)
    return EnteredRequest(**row._mapping)


def _name() -> Any:
    return func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
