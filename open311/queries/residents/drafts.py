"""Reads of reports that are being written without scripts, and of what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from open311.database import db
from open311.models import (
    Capability,
    Department,
    Receipt,
    ReportDraft,
    Service,
    ServiceRequest,
)
from open311.queries.jurisdictions import Scope
from open311.queries.requests.receipts import Sending


@dataclass(frozen=True)
class Draft:
    """A draft: parameters of GeoReport with lists of values, photos as in ReportDraft."""

    parameters: Mapping[str, list[str]]
    photos: Sequence[Mapping[str, Any]]
    created_at: datetime


def find_draft(jurisdiction_id: str, name_hash: bytes, now: datetime) -> Draft | None:
    """Find a draft by the hash of its name; None for one that was sent or has expired."""
    row = db.session.execute(
        select(ReportDraft.parameters, ReportDraft.photos, ReportDraft.created_at).where(
            ReportDraft.name_hash == name_hash,
            ReportDraft.jurisdiction_id == jurisdiction_id,
            ReportDraft.expires_at > now,
        )
    ).one_or_none()
    return None if row is None else Draft(*row)


def find_sent_by(sending: Sending, now: datetime) -> Row[int, int] | None:
    """Find what a key of the website was used for: (pk, generation of its secret link).

    None if nothing was sent with it within the lifetime of keys.
    """
    return db.session.execute(
        select(Capability.service_request_pk, Capability.generation)
        .join(Receipt, Receipt.service_request_pk == Capability.service_request_pk)
        .where(
            Receipt.jurisdiction_id == sending.jurisdiction_id,
            Receipt.sandbox == sending.sandbox,
            Receipt.api_key_id == sending.api_key_id,
            Receipt.idempotency_key == sending.idempotency_key,
            Receipt.received_at > now - sending.key_lifetime,
            Capability.purpose == "track",
        )
    ).one_or_none()


@dataclass(frozen=True)
class SentReport:
    """What the confirmation of a report says.

    service_request_id is None until a batch is approved. Times are UTC.
    """

    service_request_id: str | None
    service_code: str
    service_name: str
    service_notice: str
    service_type: str
    department_code: str
    department: str
    expected_datetime: datetime | None
    public: bool
    withdrawn_at: datetime | None


def find_sent_report(jurisdiction: Scope, token_hash: bytes) -> SentReport | None:
    """Find the report that a secret link is for, by the hash of its token."""
    row = db.session.execute(
        select(
            ServiceRequest.service_request_id,
            Service.service_code,
            Service.service_name,
            Service.service_notice,
            Service.type.label("service_type"),
            Department.code.label("department_code"),
            Department.name.label("department"),
            ServiceRequest.expected_datetime,
            ServiceRequest.public,
            ServiceRequest.withdrawn_at,
        )
        .join(Capability, Capability.service_request_pk == ServiceRequest.pk)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(
            Capability.token_hash == token_hash,
            Capability.purpose == "track",
            ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id,
        )
    ).one_or_none()
    return None if row is None else SentReport(**row._mapping)
