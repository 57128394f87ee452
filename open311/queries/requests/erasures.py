"""Records of erased personal data, and of withdrawals."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from sqlalchemy import func, select, union_all

from open311.database import db
from open311.media.erasure_log import LoggedErasure
from open311.models import (
    Contact,
    Erasure,
    ReceivedUpdate,
    Reporter,
    SavedView,
    ServiceRequest,
    UnloggedErasure,
    UpdateReporter,
    ViewLink,
)
from open311.personal_data import find_keys
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, of_jurisdiction
from open311.queries.requests.texts import walk_texts


@dataclass(frozen=True, kw_only=True)
class ErasureRecord:
    """An erasure from a service request, or outside of any (name is None). erased_at is in UTC.

    counts holds the number of erased values by kind. series is that of a rule of the city.
    """

    name: str | None
    basis: str
    reason: str
    counts: dict[str, int]
    erased_at: datetime
    erased_by: str
    series: str | None


def list_erasures(jurisdiction_id: str, limit: int) -> list[ErasureRecord]:
    """List the newest erasures, oldest first, without those that found nothing to erase."""
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    statement = (
        select(
            name.label("name"),
            Erasure.basis,
            Erasure.reason,
            Erasure.counts,
            Erasure.erased_at,
            Erasure.erased_by,
            Erasure.series,
        )
        .outerjoin(ServiceRequest, ServiceRequest.pk == Erasure.service_request_pk)
        .where(Erasure.jurisdiction_id == jurisdiction_id, Erasure.counts != {})
        .order_by(Erasure.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(statement).all()
    return [ErasureRecord(**row._mapping) for row in reversed(rows)]


@dataclass(frozen=True)
class Withdrawal:
    """When and by whom a service request was withdrawn; by is empty before there were records.

    public is whether the public sees that it was withdrawn.
    """

    at: datetime | None
    by: str
    reason: str
    public: bool


def find_withdrawal(jurisdiction: Scope, name: str) -> Withdrawal:
    """Find the withdrawal of a request by its number or token, which was withdrawn."""
    statement = (
        select(
            ServiceRequest.withdrawn_at,
            func.coalesce(Erasure.erased_by, ""),
            func.coalesce(Erasure.reason, ""),
            ServiceRequest.public,
        )
        .outerjoin(
            Erasure,
            (Erasure.service_request_pk == ServiceRequest.pk) & (Erasure.basis == "withdrawal"),
        )
        .where(of_jurisdiction(jurisdiction), known_as(name))
    )
    at, by, reason, public = db.session.execute(statement).one()
    return Withdrawal(at, by, reason, public)


_AT_ONCE = 1_000

_SEARCHES: tuple[Any, ...] = (SavedView, ViewLink)


def list_unlogged() -> Mapping[int, LoggedErasure]:
    """Return the oldest erasures that are not in the log, by their id."""
    columns = (Erasure.jurisdiction_id, Erasure.basis, Erasure.erased_at, Erasure.extent)
    statement = (
        select(Erasure.id, Erasure.entry, *columns)
        .join(UnloggedErasure, UnloggedErasure.erasure_id == Erasure.id)
        .order_by(Erasure.id)
        .limit(_AT_ONCE)
    )
    rows = (row._mapping for row in db.session.execute(statement))
    return {
        row["id"]: LoggedErasure(**{name: one for name, one in row.items() if name != "id"})
        for row in rows
    }


def list_entries() -> frozenset[UUID]:
    """Return what identifies the erasures that this database has."""
    known = select(Erasure.entry).where(Erasure.entry.is_not(None)).distinct()
    return frozenset(one for one in db.session.scalars(known) if one is not None)


def find_people_by_digest(jurisdiction_id: str, of: Callable[[str, str], str]) -> dict[str, str]:
    """Return the email addresses and phone numbers of a jurisdiction by their digests.

    of returns the digest of (email or phone, value). This reads all people and texts.
    """
    return {of(basis, value): value for basis, value in _walk_keys(jurisdiction_id)}


def _walk_keys(jurisdiction_id: str) -> Iterator[tuple[str, str]]:
    here = ServiceRequest.jurisdiction_id == jurisdiction_id
    people = union_all(
        select(Reporter.email, Reporter.phone)
        .join(ServiceRequest, ServiceRequest.pk == Reporter.service_request_pk)
        .where(here),
        select(UpdateReporter.email, UpdateReporter.phone)
        .join(ReceivedUpdate, ReceivedUpdate.id == UpdateReporter.received_update_id)
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(here),
    )
    for email, phone in db.session.execute(people):
        yield from (("email", email), ("phone", phone))
    saved = union_all(
        *(select(one.query).where(one.jurisdiction_id == jurisdiction_id) for one in _SEARCHES),
        select(Contact.address).where(Contact.jurisdiction_id == jurisdiction_id),
    )
    for text in db.session.scalars(saved):
        yield from find_keys(unquote_plus(text))
    for text in walk_texts(jurisdiction_id):
        yield from find_keys(text)
