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
    store_reasons(jurisdiction, {pk: {reason: detail}}, raised_at)


def store_reasons(
    jurisdiction: Scope, reasons: Mapping[int, Mapping[str, str]], raised_at: datetime
) -> None:
    """Queue several service requests as store_triage does: details by reason, by pk."""
    if not jurisdiction.sandbox:
        store_entries(jurisdiction.jurisdiction_id, reasons, raised_at)


def store_entries(
    jurisdiction_id: str, reasons: Mapping[int, Mapping[str, str]], raised_at: datetime
) -> None:
    """Queue service requests that are not of the sandbox, as store_reasons does."""
    rows = [
        {
            "jurisdiction_id": jurisdiction_id,
            "service_request_pk": pk,
            "reason": reason,
            "detail": detail,
            "raised_at": raised_at,
        }
        for pk, details in reasons.items()
        for reason, detail in details.items()
    ]
    if rows:
        db.session.execute(insert(table(TriageEntry)).on_conflict_do_nothing(), rows)


def review_reasons(borders: Sequence[NearBorder]) -> dict[str, str]:
    """Return the details of entries by reason, for a service request near these boundaries, or in
    several of an overlap.

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


def _detail_of(borders: Iterable[NearBorder]) -> str:
    return "; ".join(str(one) for one in borders if one.department is not None)


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
