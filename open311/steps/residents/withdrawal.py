"""Withdrawal of a service request by its reporter; the caller commits."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, func, select

from open311.database import db
from open311.errors import Conflict
from open311.messages.retention import REPORT_IS_KEPT
from open311.models import ApiKey, ReceivedUpdate, ServiceRequest, Support
from open311.personal_data import PersonalWords
from open311.queries.jurisdictions import Scope
from open311.queries.requests.legal_holds import is_held
from open311.queries.requests.requester import list_people
from open311.queries.residents.report_lists import is_own
from open311.steps.requests.erase import erase_from_request
from open311.steps.requests.erasures import Cause, store_erasure
from open311.steps.requests.reach import Reach, with_linked
from open311.steps.requests.withdraw import store_withdrawal
from schemas.vocabulary.statuses import BEFORE_WORK


def is_needed_by_others(row: Any) -> bool:
    """Return whether others have joined a service request, or work on it has begun.

    row is that of lock_reported.
    """
    if row.detailed_status not in BEFORE_WORK:
        return True
    joined = exists().where(Support.service_request_pk == row.pk)
    repeated = exists().where(
        ServiceRequest.duplicate_of_pk == row.pk, ServiceRequest.withdrawn_at.is_(None)
    )
    return bool(db.session.scalar(select(joined | repeated)))


def store_own_withdrawal(
    jurisdiction: Scope, pk: int, made_by: str, *, is_kept: bool, entry: UUID | None = None
) -> list[str]:
    """Withdraw a service request, or only erase what its reporter sent, if it is kept.

    entry is that of a withdrawal that is repeated. Returns the names of deleted photos. The caller
    holds the lock. Raises Conflict while it has a legal hold.
    """
    if is_held(pk):
        raise Conflict(REPORT_IS_KEPT)
    if not is_kept:
        return store_withdrawal(jurisdiction, pk, made_by, entry=entry)
    own = _own_updates(pk)
    authors = {None, *own}
    words = PersonalWords.of(one.columns for one in list_people(pk) if one.update_id in authors)
    copied = _own_texts(pk, own)
    reach = Reach(words=words, requester=True, update_ids=list(own), copied=copied)
    photos: list[str] = []
    extent, entry = {"do": "erase_own", "pk": pk}, entry or uuid4()
    cause = Cause(basis="request", by=made_by, extent=extent, entry=entry)
    for key, one in with_linked({pk: reach}).items():
        done = erase_from_request(key, replace(one, copied=copied) if one.requester else one)
        if key == pk:
            texts = erase_from_request(key, Reach(words=words, update_ids=list(own), texts=True))
            for kind, number in texts.counts.items():
                done.add(kind, number)
        photos += done.photos
        if done.counts:
            store_erasure(jurisdiction.jurisdiction_id, key, cause, done.counts)
    return sorted(photos)


def _own_updates(pk: int) -> dict[int, str]:
    """Return the texts of the updates that the reporter sent with the secret link, by their id."""
    rows = db.session.execute(
        select(ReceivedUpdate.id, ReceivedUpdate.description)
        .join(ApiKey, ApiKey.id == ReceivedUpdate.api_key_id)
        .where(ReceivedUpdate.service_request_pk == pk, is_own())
    )
    return {row.id: row.description for row in rows}


def _own_texts(pk: int, own: dict[int, str]) -> frozenset[str]:
    description = db.session.scalar(
        select(func.btrim(ServiceRequest.description)).where(ServiceRequest.pk == pk)
    )
    texts = {description or "", *(text.strip() for text in own.values())}
    return frozenset(texts - {""})
