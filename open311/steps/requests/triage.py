"""The triage queue: entries added and resolved."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.models import TriageEntry
from open311.queries.jurisdictions import Scope
from open311.queries.routing.neighbors import NearBorder


def store_triage(
    jurisdiction: Scope, pk: int, reason: str, detail: str, raised_at: datetime
) -> None:
    """Queue a service request for one of TRIAGE_REASONS, unless it is queued for it already.

    Service requests of the sandbox are not queued. The caller commits.
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
    jurisdiction: Scope, pk: int, borders: Sequence[NearBorder], raised_at: datetime
) -> None:
    """Queue a service request near a boundary with another department; the caller commits."""
    detail = detail_of(borders)
    if detail:
        store_triage(jurisdiction, pk, "near_border", detail, raised_at)


def detail_of(borders: Sequence[NearBorder]) -> str:
    """Return what the entry of a service request near boundaries says.

    It is empty, and there is no entry, if the department is the same on every side.
    """
    return "; ".join(str(one) for one in borders if one.department is not None)


def store_many_near_borders(
    jurisdiction: Scope, borders: Mapping[int, Sequence[NearBorder]], raised_at: datetime
) -> None:
    """Queue those of several service requests, by pk, that have another department nearby."""
    rows = [
        {
            "jurisdiction_id": jurisdiction.jurisdiction_id,
            "service_request_pk": pk,
            "reason": "near_border",
            "detail": detail,
            "raised_at": raised_at,
        }
        for pk, some in borders.items()
        if (detail := detail_of(some))
    ]
    if rows and not jurisdiction.sandbox:
        db.session.execute(insert(table(TriageEntry)).on_conflict_do_nothing(), rows)


ABOUT_PLACES = ("near_border", "no_place", "address_mismatch", "odd_place")
"""Reasons that are resolved when staff set the location of a service request."""


def store_settled(pks: Sequence[int], reasons: Sequence[str], made_by: str | None) -> None:
    """Resolve the triage entries of service requests for some reasons; the caller commits.

    made_by is None for a change of status without an author.
    """
    statement = update(TriageEntry).where(
        TriageEntry.service_request_pk.in_(pks),
        TriageEntry.reason.in_(reasons),
        TriageEntry.settled_at.is_(None),
    )
    by = made_by or "a change of status"
    db.session.execute(statement.values(settled_at=datetime.now(UTC), settled_by=by))
