"""Progress of imports, and former ids of imported service requests."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, String, any_, exists, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import FormerId, ImportProgress, Service, ServiceRequest
from open311.queries.catalog.services import ServiceInfo
from open311.queries.jurisdictions import Scope


def find_progress(jurisdiction_id: str, source: str) -> Row[datetime, datetime] | None:
    """Return the progress of an unfinished import as (requested_from, done_until)."""
    return db.session.execute(
        select(ImportProgress.requested_from, ImportProgress.done_until).where(
            ImportProgress.jurisdiction_id == jurisdiction_id, ImportProgress.source == source
        )
    ).one_or_none()


def list_service_codes(jurisdiction_id: str) -> set[str]:
    """List the codes of all services, inactive ones included."""
    statement = select(Service.service_code).where(Service.jurisdiction_id == jurisdiction_id)
    return set(db.session.scalars(statement))


def list_services_by_code(jurisdiction_id: str) -> dict[str, ServiceInfo]:
    """List all services by code, inactive ones included, without their attributes."""
    statement = select(
        Service.id,
        Service.service_code,
        Service.group,
        Service.type,
        Service.expected_days,
        Service.service_notice,
    ).where(Service.jurisdiction_id == jurisdiction_id)
    rows = db.session.execute(statement)
    return {row.service_code: ServiceInfo(*row, attributes=[]) for row in rows}


KnownRow = Row[str, int, str, str, datetime, datetime | None]


def list_imported(
    jurisdiction: Scope, source: str, former_ids: Sequence[str]
) -> dict[str, KnownRow]:
    """Lock the requests imported before from a source, and return them by former id.

    Each is (former_id, pk, detailed_status, status_notes, updated_datetime, withdrawn_at).
    """
    statement = (
        select(
            FormerId.former_id,
            ServiceRequest.pk,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
            ServiceRequest.updated_datetime,
            ServiceRequest.withdrawn_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == FormerId.service_request_pk)
        .where(
            FormerId.jurisdiction_id == jurisdiction.jurisdiction_id,
            FormerId.source == source,
            FormerId.former_id == any_(literal(list(former_ids), ARRAY(String))),
        )
        .order_by(ServiceRequest.pk)
        .with_for_update(of=ServiceRequest)
    )
    return {row.former_id: row for row in db.session.execute(statement)}


def find_current_ids(jurisdiction: Scope, ids: Sequence[str]) -> dict[str, str]:
    """Return the current ids of service requests by their ids on another server.

    An id that is in use here is not looked up. If several sources used an id, the last import
    counts.
    """
    own = aliased(ServiceRequest)
    in_use = exists().where(
        own.jurisdiction_id == jurisdiction.jurisdiction_id,
        own.service_request_id == FormerId.former_id,
    )
    statement = (
        select(FormerId.former_id, ServiceRequest.service_request_id)
        .join(ServiceRequest, ServiceRequest.pk == FormerId.service_request_pk)
        .where(
            FormerId.jurisdiction_id == jurisdiction.jurisdiction_id,
            FormerId.former_id == any_(literal(list(ids), ARRAY(String))),
            ~in_use,
            ServiceRequest.sandbox == jurisdiction.sandbox,
            ServiceRequest.public,
        )
        .order_by(ServiceRequest.pk)
    )
    return {row.former_id: row.service_request_id for row in db.session.execute(statement)}
