"""The triage queue: what a person should look at, raised once and settled by someone."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.errors import NotFound
from open311.models import ServiceRequest, TriageEntry
from open311.operations.lock_service_request import lock_service_request
from open311.queries.borders import NearBorder
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.search.visibility import known_as, of_jurisdiction


def store_triage(
    jurisdiction: JurisdictionInfo, pk: int, reason: str, detail: str, raised_at: datetime
) -> None:
    """Queue a service request for one of TRIAGE_REASONS, unless it is queued for it already.

    Those of the sandbox are nobody's work, and are not queued. The caller commits.
    """
    if jurisdiction.sandbox:
        return
    statement = insert(table(TriageEntry)).values(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        service_request_pk=pk,
        reason=reason,
        detail=detail,
        raised_at=raised_at,
    )
    db.session.execute(statement.on_conflict_do_nothing())


def store_near_borders(
    jurisdiction: JurisdictionInfo, pk: int, borders: Sequence[NearBorder], raised_at: datetime
) -> None:
    """Queue a service request that lies near borders, if there are any; the caller commits."""
    if borders:
        detail = "; ".join(map(str, borders))
        store_triage(jurisdiction, pk, "near_border", detail, raised_at)


ABOUT_PLACES = ("near_border", "no_place", "address_mismatch", "odd_place")
"""Reasons that whoever puts a service request at a place has settled."""


def store_place_settled(pk: int, made_by: str) -> None:
    """Settle all doubts about the place of a service request; the caller commits."""
    statement = update(TriageEntry).where(
        TriageEntry.service_request_pk == pk,
        TriageEntry.reason.in_(ABOUT_PLACES),
        TriageEntry.settled_at.is_(None),
    )
    db.session.execute(statement.values(settled_at=datetime.now(UTC), settled_by=made_by))


def settle_triage(
    jurisdiction: JurisdictionInfo,
    service_request_id: str,
    reason: str | None,
    made_by: str,
    seen: int | None = None,
) -> int:
    """Settle what a service request is queued for, or one reason of it; give how many.

    Raises NotFound where it is not queued for that, and ChangedMeanwhile after another change
    than seen.
    """
    if seen is not None:
        lock_service_request(jurisdiction, service_request_id, seen=seen)
    known = select(ServiceRequest.pk).where(
        of_jurisdiction(jurisdiction), known_as(service_request_id)
    )
    statement = update(TriageEntry).where(
        TriageEntry.service_request_pk.in_(known), TriageEntry.settled_at.is_(None)
    )
    if reason is not None:
        statement = statement.where(TriageEntry.reason == reason)
    values = {"settled_at": datetime.now(UTC), "settled_by": made_by}
    settled = db.session.execute(statement.values(**values).returning(TriageEntry.id)).all()
    if not settled:
        wanted = f" for {reason}" if reason else ""
        raise NotFound(f"Service request {service_request_id} does not wait in the queue{wanted}.")
    db.session.commit()
    return len(settled)
