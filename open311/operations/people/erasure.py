"""Erasure of a person's data: on demand, and after the period that a city sets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import delete, exists, func, or_, select, update

from open311.database import db, lift_time_limit, table
from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import (
    Erasure,
    Jurisdiction,
    Media,
    ReceivedUpdate,
    Reporter,
    SavedArea,
    SavedView,
    ServiceRequest,
    UpdateReporter,
    ViewLink,
)
from open311.operations.transaction import operation, trial
from open311.personal_data import ERASED, PersonalWords
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, of_jurisdiction
from open311.queries.requests.requester import (
    PersonRow,
    list_mentioning,
    list_people,
    list_people_by_email,
    list_people_by_phone,
)
from open311.steps.requests.erase import erase_from_request, store_erasure
from open311.steps.requests.lock import lock_all
from open311.steps.requests.reach import Reach, reach_all, with_linked
from open311.steps.residents.erase import forget_contact, forget_number

BATCH = 50
"""Service requests that are anonymized in one transaction."""

BY_MAINTENANCE = "maintenance"
"""The author of an erasure after the period of the city."""


@dataclass(frozen=True, kw_only=True)
class PersonKey:
    """What a person is found by: basis is email, phone, or request; value is that or its number."""

    basis: str
    value: str


@dataclass(frozen=True)
class ErasedRequest:
    """A service request by its number or token, and what was erased from it, by kind."""

    name: str
    counts: dict[str, int]


@dataclass
class ErasureResult:
    """What was erased: from requests by their numbers, and outside of them.

    photos are the names of deleted photos, whose files the caller removes next:
    store.remove_photos(photos).
    """

    requests: list[ErasedRequest] = field(default_factory=list)
    elsewhere: dict[str, int] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)


def _erase(
    jurisdiction: Scope, key: PersonKey, *, texts: bool, erased_by: str, reason: str = ""
) -> ErasureResult:
    """Erase a person's data, found by a key, from the service requests of a jurisdiction.

    This includes held and withdrawn ones and the sandbox. The words of the person are replaced in
    the texts of their requests; their email addresses and phone numbers in all texts. texts erases
    the whole texts of their requests, too. Raises NotFound for an unknown request.
    """
    lift_time_limit()
    here = jurisdiction.jurisdiction_id
    if key.basis == "request":
        plan, words = _of_request(jurisdiction, key.value, texts)
    else:
        plan, words = _of_person(here, key, texts)
    result = ErasureResult()
    for pk, name in _list_names(plan):
        done = erase_from_request(pk, plan[pk])
        if done.counts:
            store_erasure(here, pk, key.basis, done.counts, erased_by, words.erase(reason))
            result.requests.append(ErasedRequest(name, done.counts))
        result.photos += done.photos
    if key.basis != "request":
        result.elsewhere = {**_erase_saved(here, words), **_forget_contacts(here, words)}
        if result.elsewhere:
            counts = result.elsewhere
            store_erasure(here, None, key.basis, counts, erased_by, words.erase(reason))
    return result


erase_personal_data = operation(_erase)
preview_erasure = trial(_erase)


def _of_request(
    jurisdiction: Scope, name: str, texts: bool
) -> tuple[dict[int, Reach], PersonalWords]:
    """Lock a service request and linked ones, and return their reaches by key, and the words."""
    locked = lock_all(of_jurisdiction(jurisdiction), known_as(name))
    if not locked:
        raise NotFound(REQUEST_UNKNOWN, field="request", id=name)
    [pk] = locked
    reach = reach_all(pk, texts=texts)
    return with_linked({pk: reach}), reach.words


def _of_person(here: str, key: PersonKey, texts: bool) -> tuple[dict[int, Reach], PersonalWords]:
    """Lock a person's service requests, and return the reaches by key, and the words."""
    people = _list_people(here, key)
    words = _words_of(key) | PersonalWords.of(one.columns for one in people)
    mentioning = list_mentioning(here, words.emails, words.phones)
    found = {*mentioning, *(one.service_request_pk for one in people)}
    locked = set(lock_all(ServiceRequest.pk.in_(found)))
    # Again: a comment may have been added before the lock.
    people = [one for one in _list_people(here, key) if one.service_request_pk in locked]
    words |= PersonalWords.of(one.columns for one in people)
    by_request: dict[int, list[PersonRow]] = {}
    for one in people:
        by_request.setdefault(one.service_request_pk, []).append(one)
    contacts = Reach(words=PersonalWords(emails=words.emails, phones=words.phones))
    own = {pk: _reach(words, rows, texts) for pk, rows in by_request.items()}
    return dict.fromkeys(locked, contacts) | with_linked(own), words


def _list_people(here: str, key: PersonKey) -> list[PersonRow]:
    if key.basis == "email":
        return list_people_by_email(here, key.value)
    return list_people_by_phone(here, key.value)


def _words_of(key: PersonKey) -> PersonalWords:
    given = frozenset({key.value.strip()})
    return PersonalWords(emails=given) if key.basis == "email" else PersonalWords(phones=given)


def _reach(words: PersonalWords, rows: Iterable[PersonRow], texts: bool) -> Reach:
    update_ids = [row.update_id for row in rows]
    return Reach(
        words=words,
        requester=None in update_ids,
        update_ids=[one for one in update_ids if one is not None],
        texts=texts,
    )


def _list_names(pks: Iterable[int]) -> Sequence[tuple[int, str]]:
    """List the keys of service requests, in order, each with the number or token."""
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token, "")
    statement = select(ServiceRequest.pk, name).where(ServiceRequest.pk.in_(pks))
    rows = db.session.execute(statement.order_by(ServiceRequest.pk))
    return [(row[0], row[1]) for row in rows]


def _erase_saved(here: str, words: PersonalWords) -> dict[str, int]:
    """Delete saved views and links that search for a person, and rename saved areas; count them."""
    views, links = (_erase_searches(kind, here, words) for kind in (SavedView, ViewLink))
    areas = db.session.execute(
        select(SavedArea.id, SavedArea.name).where(SavedArea.jurisdiction_id == here)
    )
    named = [row.id for row in areas if _names(words)(row.name)]
    rows = table(SavedArea)
    for id_ in named:
        db.session.execute(update(rows).where(rows.c.id == id_).values(name=f"{ERASED} {id_}"))
    counts = {"saved_views": views, "view_links": links, "saved_areas": len(named)}
    return {kind: number for kind, number in counts.items() if number}


def _erase_searches(kind: Any, here: str, words: PersonalWords) -> int:
    """Delete the rows of SavedView or ViewLink that name a person; return their number."""
    rows = db.session.execute(
        select(kind.id, kind.name, kind.query).where(kind.jurisdiction_id == here)
    )
    searching = [
        row.id
        for row in rows
        if any(map(_names(words), (row.name, *(text for _, text in parse_qsl(row.query)))))
    ]
    db.session.execute(delete(table(kind)).where(table(kind).c.id.in_(searching)))
    return len(searching)


def _forget_contacts(here: str, words: PersonalWords) -> dict[str, int]:
    """Delete the addresses that follow requests of others; return their number, if any."""
    number = sum(forget_contact(here, email) for email in sorted(words.emails))
    number += sum(forget_number(here, phone) for phone in sorted(words.phones))
    return {"followers": number} if number else {}


def _names(words: PersonalWords) -> Callable[[str], bool]:
    return lambda text: words.erase_in_address(text) != text


@dataclass(frozen=True)
class AnonymizedBatch:
    """A batch of old requests: its length, the deleted photos, and its last key, if it has one."""

    number: int
    photos: list[str]
    last: int | None


@operation
def anonymize_batch(jurisdiction: Scope, now: datetime, after: int) -> AnonymizedBatch:
    """Erase personal data from the next service requests that are older than the city's period.

    They are closed, withdrawn, or held, and did not change status within the period. Updates that
    were received within it stay. after is the last key of the batch before, or 0. The caller
    removes the files of the photos.
    """
    lift_time_limit()
    here = jurisdiction.jurisdiction_id
    days = db.session.scalar(
        select(Jurisdiction.anonymize_after_days).where(Jurisdiction.id == here)
    )
    if days is None:
        return AnonymizedBatch(0, [], None)
    before = now - timedelta(days=days)
    old = _old_ones(here, before, after)
    reaches = with_linked({pk: reach_all(pk, texts=False, before=before) for pk in old})
    photos: list[str] = []
    number = 0
    for pk, reach in reaches.items():
        if pk in old:
            done = erase_from_request(pk, reach)
            store_erasure(here, pk, "retention", done.counts, BY_MAINTENANCE)
            photos += done.photos
            number += bool(done.counts)
        else:
            _erase_repeated(here, pk, reach.words)
    return AnonymizedBatch(number, photos, old[-1] if old else None)


def _erase_repeated(here: str, pk: int, words: PersonalWords) -> None:
    """Erase words of others from a service request, whose own people have their own period."""
    own = PersonalWords.of(one.columns for one in list_people(pk))
    done = erase_from_request(pk, Reach(words=words.without(own)))
    if done.counts:
        store_erasure(here, pk, "request", done.counts, BY_MAINTENANCE)


def _old_ones(here: str, before: datetime, after: int) -> list[int]:
    """List and lock the next service requests that were not anonymized since they changed."""
    mine = Erasure.service_request_pk == ServiceRequest.pk
    over = Erasure.basis.in_(("retention", "withdrawal"))
    since = Erasure.erased_at >= ServiceRequest.updated_datetime
    of_update = select(ReceivedUpdate.id).where(
        ReceivedUpdate.service_request_pk == ServiceRequest.pk,
        ReceivedUpdate.received_at < before,
        or_(
            exists().where(UpdateReporter.received_update_id == ReceivedUpdate.id),
            exists().where(Media.received_update_id == ReceivedUpdate.id, ~ReceivedUpdate.by_city),
        ),
    )
    statement = (
        select(ServiceRequest.pk)
        .where(
            ServiceRequest.jurisdiction_id == here,
            ServiceRequest.pk > after,
            ServiceRequest.updated_datetime < before,
            or_(ServiceRequest.status == "closed", ServiceRequest.service_request_id.is_(None)),
            or_(
                ~exists().where(mine, over, since),
                exists().where(Reporter.service_request_pk == ServiceRequest.pk),
                of_update.exists(),
            ),
        )
        .order_by(ServiceRequest.pk)
        .limit(BATCH)
        .with_for_update(of=ServiceRequest)
    )
    return list(db.session.scalars(statement))
