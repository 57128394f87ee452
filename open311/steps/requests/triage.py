"""The triage queue: entries added and resolved."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from geo.distances import distance
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
    jurisdiction: Scope,
    pk: int,
    borders: Sequence[NearBorder],
    raised_at: datetime,
) -> None:
    """Queue a service request that would go to another department in a boundary nearby, or in
    another one of an overlap; the caller commits.
    """
    for reason, detail in review_reasons(borders).items():
        store_triage(jurisdiction, pk, reason, detail, raised_at)


def review_reasons(borders: Sequence[NearBorder]) -> dict[str, str]:
    """Return the details of entries by reason, for a service request near these boundaries.

    There is none if the department is the same in each of them.
    """
    found = {
        "near_border": _detail_of(one for one in borders if one.inside is None),
        "in_overlap": _detail_of(one for one in borders if one.inside is not None),
    }
    return {reason: detail for reason, detail in found.items() if detail}


def reasons_of_location(
    jurisdiction: Scope, outside_meters: float | None, borders: Sequence[NearBorder]
) -> dict[str, str]:
    """Return the same for a new location, with the entry for one just outside the service area.

    What changes later at the same location is no reason to look at that again.
    """
    found = review_reasons(borders)
    if outside_meters:
        meters = distance(max(outside_meters, 1), jurisdiction.units)
        found["near_outside"] = f"{meters} outside the service area"
    return found


def store_near_outside(
    jurisdiction: Scope, pk: int, outside_meters: float | None, raised_at: datetime
) -> None:
    """Queue a service request with a new location if that is just outside the service area."""
    for reason, detail in reasons_of_location(jurisdiction, outside_meters, ()).items():
        store_triage(jurisdiction, pk, reason, detail, raised_at)


def _detail_of(borders: Iterable[NearBorder]) -> str:
    return "; ".join(str(one) for one in borders if one.department is not None)


def store_many_near_borders(
    jurisdiction: Scope,
    near: Mapping[int, Sequence[NearBorder]],
    raised_at: datetime,
) -> None:
    """Queue several service requests, by pk, as store_near_borders does."""
    rows = [
        {
            "jurisdiction_id": jurisdiction.jurisdiction_id,
            "service_request_pk": pk,
            "reason": reason,
            "detail": detail,
            "raised_at": raised_at,
        }
        for pk, borders in near.items()
        for reason, detail in review_reasons(borders).items()
    ]
    if rows and not jurisdiction.sandbox:
        db.session.execute(insert(table(TriageEntry)).on_conflict_do_nothing(), rows)


ABOUT_PLACES = (
    *("near_border", "in_overlap", "near_outside"),
    *("no_place", "address_mismatch", "odd_place"),
)
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
