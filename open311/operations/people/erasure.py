"""Erasure of a person's data on demand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update

from open311.database import db, lift_time_limit, table
from open311.errors import Conflict, NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.messages.retention import ON_LEGAL_HOLD
from open311.models import SavedArea, SavedView, ServiceRequest, ViewLink
from open311.operations.transaction import operation, trial
from open311.personal_data import ERASED, PersonalWords
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, of_jurisdiction
from open311.queries.requests.legal_holds import is_held
from open311.queries.requests.requester import (
    PersonRow,
    list_people_by_email,
    list_people_by_phone,
)
from open311.queries.requests.texts import list_mentioning
from open311.steps.requests.erase import erase_from_request
from open311.steps.requests.erasures import Cause, store_erasure
from open311.steps.requests.lock import lock_all
from open311.steps.requests.reach import Reach, reach_all, with_linked
from open311.steps.residents.erase import forget_contact, forget_number


@dataclass(frozen=True, kw_only=True)
class PersonKey:
    """What a person is found by: basis is email, phone, or request; value is that or its number.

    digest is that of person_digest for an email address or a phone number, by which the erasure can
    be repeated in a backup; without one, it cannot.
    """

    basis: str
    value: str
    digest: str = ""


@dataclass(frozen=True)
class ErasedRequest:
    """A service request by its number or token, and what was erased from it, by kind."""

    name: str
    counts: dict[str, int]


@dataclass
class ErasureResult:
    """What was erased: from requests by their numbers, and outside of them.

    photos are the names of deleted photos, whose files the caller removes next:
    store.remove_photos(photos). held are the numbers of requests with a legal hold, from which
    nothing was erased.
    """

    requests: list[ErasedRequest] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    elsewhere: dict[str, int] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)


def erase_person(
    jurisdiction: Scope,
    key: PersonKey,
    *,
    texts: bool,
    erased_by: str,
    reason: str = "",
    entry: UUID | None = None,
) -> ErasureResult:
    """Erase a person's data, found by a key, from the service requests of a jurisdiction.

    This includes held and withdrawn ones and the sandbox. The words of the person are replaced in
    the texts of their requests; their email addresses and phone numbers in all texts. texts erases
    the whole texts of their requests, too. entry is that of an erasure that is repeated. Raises
    NotFound for an unknown request, and Conflict for one with a legal hold.
    """
    lift_time_limit()
    here = jurisdiction.jurisdiction_id
    extent: dict[str, Any] = {"do": key.basis, "texts": texts}
    if key.basis == "request":
        extent["pk"], plan, words = _of_request(jurisdiction, key.value, texts)
    else:
        plan, words = _of_person(here, key, texts)
        extent["digest"] = key.digest
    why, entry = words.erase(reason), entry or uuid4()
    cause = Cause(basis=key.basis, by=erased_by, reason=why, extent=extent, entry=entry)
    result = ErasureResult()
    for pk, name in _list_names(plan):
        done = erase_from_request(pk, plan[pk])
        if done.is_held:
            result.held.append(name)
        if done.counts:
            store_erasure(here, pk, cause, done.counts)
            result.requests.append(ErasedRequest(name, done.counts))
        result.photos += done.photos
    if key.basis != "request":
        result.elsewhere = {**_erase_saved(here, words), **_forget_contacts(here, words)}
        if result.elsewhere:
            store_erasure(here, None, cause, result.elsewhere)
    return result


erase_personal_data = operation(erase_person)
preview_erasure = trial(erase_person)


def _of_request(
    jurisdiction: Scope, name: str, texts: bool
) -> tuple[int, dict[int, Reach], PersonalWords]:
    """Lock a service request and linked ones; return its key, their reaches by key, and words."""
    locked = lock_all(of_jurisdiction(jurisdiction), known_as(name))
    if not locked:
        raise NotFound(REQUEST_UNKNOWN, field="request", id=name)
    [pk] = locked
    if is_held(pk):
        raise Conflict(ON_LEGAL_HOLD)
    reach = reach_all(pk, texts=texts)
    return pk, with_linked({pk: reach}), reach.words


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
