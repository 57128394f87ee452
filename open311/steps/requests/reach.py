"""What an erasure reaches in a service request, and in those that repeat its texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select, true

from open311.database import db, table
from open311.models import ReceivedUpdate, ServiceRequest, StatusChange
from open311.personal_data import ERASED, PersonalWords
from open311.queries.requests.linked import Link, list_linked
from open311.queries.requests.requester import list_people
from open311.steps.requests.lock import lock_all
from schemas.vocabulary.retention import FREE_TEXT, LOG, RECORD_SERIES, STAFF_NOTE

NO_WORDS = PersonalWords()

IN_TEXTS = frozenset({FREE_TEXT, STAFF_NOTE})
"""Series that are texts."""

OF_PEOPLE = frozenset(RECORD_SERIES) - {LOG}
"""Series that can contain personal data."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What is erased from a service request.

    words are replaced in all texts. requester: their contact data, photos, typed answers, and
    receipt. update_ids: the contact data and photos of these updates. texts: also whole texts,
    those of the request if the requester is erased, and otherwise those of the updates. copied:
    whole texts that are erased where a public note begins with one, and, if the requester is
    erased, where the description is one. everyone: also those who follow the request.

    A rule of a records schedule reaches only some series (RECORD_SERIES): rows and whole texts of
    series, and words in texts of worded. by_rule: also photos of the city, and what the server
    wrote about reviews.
    """

    words: PersonalWords = NO_WORDS
    requester: bool = False
    update_ids: Sequence[int] = ()
    texts: bool = False
    copied: frozenset[str] = frozenset()
    everyone: bool = False
    series: frozenset[str] = OF_PEOPLE
    worded: frozenset[str] = IN_TEXTS
    by_rule: bool = False

    def in_texts_of(self, series: str) -> "Reach":
        """Return what this reach is for the texts of a series."""
        words = self.words if series in self.worded else NO_WORDS
        if series in self.series:
            return replace(self, words=words)
        return replace(self, words=words, texts=False, copied=frozenset())

    def widened(self, other: "Reach") -> "Reach":
        """Return this reach with the words, the copies, and the requester of another."""
        return replace(
            self,
            words=self.words | other.words,
            requester=self.requester or other.requester,
            copied=self.copied | other.copied,
        )


def reach_all(pk: int, *, texts: bool, before: datetime | None = None) -> Reach:
    """Return the reach of erasing all people's data from a service request.

    A withdrawn one also loses its whole texts. before leaves out updates that were received later,
    and the people who sent them.
    """
    requests, updates = table(ServiceRequest).c, table(ReceivedUpdate).c
    withdrawn = db.session.scalar(select(requests.withdrawn_at).where(requests.pk == pk))
    old = true() if before is None else updates.received_at < before
    of_request = select(updates.id).where(updates.service_request_pk == pk, old)
    update_ids = db.session.scalars(of_request.order_by(updates.id)).all()
    authors = {None, *update_ids}
    return Reach(
        words=PersonalWords.of(one.columns for one in list_people(pk) if one.update_id in authors),
        requester=True,
        update_ids=update_ids,
        texts=texts or withdrawn is not None,
        everyone=True,
    )


def list_whole_notes(pk: int, reach: Reach) -> frozenset[str]:
    """List the public notes of a service request that are erased as a whole."""
    changes, updates = table(StatusChange).c, table(ReceivedUpdate).c
    if not reach.texts:
        return frozenset()
    of_updates = select(updates.status_change_id).where(updates.id.in_(reach.update_ids))
    mine = changes.service_request_pk == pk if reach.requester else changes.id.in_(of_updates)
    return _texts(select(changes.status_notes).where(mine))


def _list_whole_descriptions(pk: int, reach: Reach) -> frozenset[str]:
    """List the descriptions of a request and its updates that are erased as a whole."""
    requests, updates = table(ServiceRequest).c, table(ReceivedUpdate).c
    if not reach.texts:
        return frozenset()
    if not reach.requester:
        return _texts(select(updates.description).where(updates.id.in_(reach.update_ids)))
    of_updates = select(updates.description).where(updates.service_request_pk == pk)
    return _texts(of_updates) | _texts(select(requests.description).where(requests.pk == pk))


def _texts(statement: Select[str]) -> frozenset[str]:
    return frozenset(text.strip() for text in db.session.scalars(statement)) - {"", ERASED}


def with_linked(reaches: Mapping[int, Reach], *, notes: bool = True) -> dict[int, Reach]:
    """Return reaches by key with those of linked service requests, which are locked.

    Linked ones lose the same words. A continuation also loses its copies of the requester and of
    whole descriptions, and with notes a duplicate loses its copies of whole public notes. The
    caller has locked the service requests of the given reaches.
    """
    links = list_linked(reaches)
    if links:
        lock_all(ServiceRequest.pk.in_({one.other for one in links}))
    found = dict(reaches)
    for link in links:
        more = _reach_linked(link, reaches[link.pk], notes)
        known = found.get(link.other)
        found[link.other] = more if known is None else known.widened(more)
    return found


def _reach_linked(link: Link, reach: Reach, notes: bool) -> Reach:
    copied: frozenset[str] = frozenset()
    if link.same_requester:
        copied |= _list_whole_descriptions(link.pk, reach)
    if link.is_duplicate and notes:
        copied |= list_whole_notes(link.pk, reach)
    requester = link.same_requester and reach.requester
    return Reach(words=reach.words, requester=requester, copied=copied)
