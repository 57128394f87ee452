"""Erasure of a record series from a service request; the caller commits."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from open311.database import db, table
from open311.models import ReceivedUpdate
from open311.personal_data import PersonalWords, find_personal
from open311.queries.requests.legal_holds import is_held
from open311.queries.requests.requester import list_people
from open311.queries.requests.retention import log_entries
from open311.queries.requests.texts import list_texts
from open311.steps.requests.erase import erase_from_request
from open311.steps.requests.erasers import Erased
from open311.steps.requests.reach import IN_TEXTS, NO_WORDS, Reach
from schemas.vocabulary.retention import DELETE, LOG, REPORTER, UPDATE_REPORTER


def erase_series(pk: int, reach: Reach, before: datetime) -> Erased:
    """Erase what reach_series returned from a service request that the caller has locked.

    Entries of the log stay if they were made since before.
    """
    if LOG not in reach.series:
        return erase_from_request(pk, reach)
    erased = Erased(is_held=is_held(pk))
    if not erased.is_held:
        for model, condition in log_entries(pk, before):
            gone = delete(table(model)).where(condition)
            erased.add("log_entries", db.session.connection().execute(gone).rowcount)
    return erased


def reach_series(pk: int, series: str, action: str, before: datetime) -> Reach:
    """Return the reach of a rule for a series and an action of RECORD_SERIES.

    It leaves out the people and the photos of updates that were received since before. To anonymize
    the requester or the authors of updates removes their words from all texts. To anonymize texts
    removes all that looks like an email address or a phone number, and the words of all people.
    """
    updates = table(ReceivedUpdate).c
    old = updates.service_request_pk == pk, updates.received_at < before
    update_ids = db.session.scalars(select(updates.id).where(*old).order_by(updates.id)).all()
    only = frozenset({series})
    if series == REPORTER:
        return Reach(words=_words_of(pk, {None}), requester=True, everyone=True, series=only)
    if series == UPDATE_REPORTER:
        words = _words_of(pk, update_ids)
        return Reach(words=words, update_ids=update_ids, series=only)
    is_text = series in IN_TEXTS
    anonymizes = is_text and action != DELETE
    return Reach(
        words=_all_words(pk) if anonymizes else NO_WORDS,
        requester=not anonymizes,
        update_ids=update_ids,
        texts=is_text and not anonymizes,
        everyone=not anonymizes,
        series=frozenset() if anonymizes else only,
        worded=only if is_text else frozenset(),
        by_rule=True,
    )


def _words_of(pk: int, authors: Iterable[int | None]) -> PersonalWords:
    wanted = set(authors)
    return PersonalWords.of(one.columns for one in list_people(pk) if one.update_id in wanted)


def _all_words(pk: int) -> PersonalWords:
    """Return the words of all people of a request, and what looks like one in its texts."""
    found = [one for text in list_texts(pk) for one in find_personal(text)]
    named = PersonalWords(
        emails=frozenset(one.text for one in found if one.kind == "email"),
        phones=frozenset(one.text for one in found if one.kind == "phone"),
    )
    return named | PersonalWords.of(one.columns for one in list_people(pk))
