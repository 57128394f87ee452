"""Erasure of personal data from a service request; the caller commits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from open311.database import Base, db, table
from open311.models import (
    Erasure,
    Media,
    NotePhoto,
    Receipt,
    ReceivedUpdate,
    Reporter,
    RoutingStep,
    ServiceAttribute,
    ServiceRequest,
    StatusChange,
    TriageEntry,
    UpdateReporter,
    WorkStep,
)
from open311.models.history import FREE_STEPS
from open311.personal_data import ERASED
from open311.steps.requests.bulk import erase_fields
from open311.steps.requests.erasers import Eraser, replaced_eraser, without_reasons
from open311.steps.requests.holds import erase_seen
from open311.steps.requests.reach import Reach, list_whole_notes
from open311.steps.residents.erase import erase_site_data
from schemas.vocabulary.datatypes import WITH_OPTIONS
from schemas.vocabulary.limits import DESCRIPTION_LIMIT

PUBLIC = (ReceivedUpdate, StatusChange)
"""Tables of texts that the public sees; only staff see those of other tables."""


@dataclass
class Erased:
    """The number of erased values by kind, and the names of the photos among them."""

    counts: dict[str, int] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)

    def add(self, kind: str, number: int) -> None:
        """Add to the number of a kind; kinds with 0 are left out."""
        if number:
            self.counts[kind] = self.counts.get(kind, 0) + number


def erase_from_request(pk: int, reach: Reach) -> Erased:
    """Erase personal data from a service request that the caller has locked.

    The change number rises if a public text or a photo is erased, so that copies are updated. After
    the commit, and only then, the caller removes the files of the photos.
    """
    erased = Erased()
    requests = table(ServiceRequest)
    row = db.session.execute(select(requests).where(requests.c.pk == pk)).one()
    media = _erase_media(row, reach, erased)
    _erase_note_photos(pk, reach, erased)
    _erase_contacts(pk, reach, erased)
    with _erasing_allowed():
        columns = {**media, **_erase_history(row, reach, erased), **_erase_row(row, reach, erased)}
        _erase_column(Erasure, "reason", _words(reach), erased, Erasure.service_request_pk == pk)
    erase_fields(pk, reach, erased.add)
    _erase_column(
        TriageEntry, "detail", _words(reach), erased, TriageEntry.service_request_pk == pk
    )
    erased.photos += erase_site_data(pk, reach, erased.add)
    if columns or erased.counts.keys() & {"texts", "photos"}:
        values = columns or {"public": row.public}  # any update raises the change number
        db.session.execute(update(requests).where(requests.c.pk == pk).values(values))
    return erased


def store_erasure(
    jurisdiction_id: str,
    pk: int | None,
    basis: str,
    counts: Mapping[str, int],
    erased_by: str,
    reason: str = "",
) -> None:
    """Record an erasure. basis is one of ERASURE_BASES; reason contains no personal data."""
    row = {
        "jurisdiction_id": jurisdiction_id,
        "service_request_pk": pk,
        "basis": basis,
        "reason": reason,
        "counts": dict(counts),
        "erased_at": datetime.now(UTC),
        "erased_by": erased_by,
    }
    db.session.execute(insert(table(Erasure)), row)


@contextmanager
def _erasing_allowed() -> Iterator[None]:
    """Let the trigger history_stays accept erased texts in the block, and in no other."""
    for_this_transaction = True
    db.session.execute(select(func.set_config("open311.erasing", "on", for_this_transaction)))
    yield
    db.session.execute(select(func.set_config("open311.erasing", "off", for_this_transaction)))


def _words(reach: Reach) -> Eraser:
    return lambda _key, value: reach.words.erase_in(value)


def _texts(reach: Reach, keys: Sequence[int] = ()) -> Eraser:
    """Return an eraser of words, and of whole texts: of all rows, or of those with some keys."""

    def erase(key: int, text: str) -> str:
        whole = reach.texts and (reach.requester or key in keys)
        return ERASED if whole and text else reach.words.erase(text)

    return erase


def _notes(reach: Reach, copied: Collection[str]) -> Eraser:
    """Return an eraser of public notes: of words, and of whole texts with which a note begins.

    Later steps repeat the note, some with more words, and so do duplicates and continuations.
    """
    longest_first = sorted(copied, key=len, reverse=True)

    def erase(_key: int, note: str) -> str:
        if reach.texts and reach.requester:
            return ERASED if note else note
        said = note.strip()
        for text in longest_first:
            if said == text or said.startswith(f"{text} "):
                return reach.words.erase(ERASED + said.removeprefix(text))
        return reach.words.erase(note)

    return erase


def _cut(erase: Eraser) -> Eraser:
    """Return an eraser of descriptions: [erased] can be longer than what it replaces."""
    return lambda key, text: erase(key, text)[:DESCRIPTION_LIMIT]


def _erase_column(
    model: type[Base],
    name: str,
    erase: Eraser,
    erased: Erased,
    *conditions: ColumnElement[bool],
) -> dict[str, str]:
    """Erase from a column, and return the changed texts by what they were."""
    rows = table(model)
    column, [key] = rows.c[name], rows.primary_key
    changed: dict[str, str] = {}
    found = db.session.execute(select(key, column).where(*conditions).order_by(key)).all()
    for id_, value in found:
        rest = erase(id_, value)
        if rest != value:
            db.session.execute(update(rows).where(key == id_).values({name: rest}))
            changed[str(value)] = str(rest)
            erased.add("texts" if model in PUBLIC else "notes", 1)
    return changed


def _erase_contacts(pk: int, reach: Reach, erased: Erased) -> None:
    reporters, commenters, receipts = table(Reporter), table(UpdateReporter), table(Receipt)
    of_updates = commenters.c.received_update_id.in_(reach.update_ids)
    erased.add("commenters", _delete(delete(commenters).where(of_updates)))
    if reach.requester:
        erase_seen(pk)
        of_request = reporters.c.service_request_pk == pk
        erased.add("requesters", _delete(delete(reporters).where(of_request)))
        erased.add("receipts", _delete(delete(receipts).where(receipts.c.service_request_pk == pk)))


def _delete(statement: Any) -> int:
    return db.session.connection().execute(statement).rowcount


def _erase_media(row: Any, reach: Reach, erased: Erased) -> dict[str, Any]:
    """Delete photos and links, and return what changes in the row of the service request.

    Photos that the city took of its work stay, unless the service request is withdrawn. An update
    with contact data is from that person, whatever the rights of the key. This comes before
    _erase_contacts.
    """
    media, updates, commenters = map(table, (Media, ReceivedUpdate, UpdateReporter))
    by_city = updates.c.by_city & commenters.c.received_update_id.is_(None)
    found = db.session.execute(
        select(media, by_city.label("by_city"))
        .outerjoin(updates, updates.c.id == media.c.received_update_id)
        .outerjoin(commenters, commenters.c.received_update_id == updates.c.id)
        .where(media.c.service_request_pk == row.pk)
    ).all()
    dropped = [one for one in found if _is_dropped(one, row, reach)]
    db.session.execute(delete(media).where(media.c.id.in_([one.id for one in dropped])))
    erased.add("photos", len(dropped))
    erased.photos += sorted(one.name for one in dropped if one.name is not None)
    first = row.media_url
    if first and (reach.requester or reach.words.erase(first) != first):
        if not dropped:  # a link from before there were rows of media
            erased.add("photos", 1)
        return {"media_url": ""}
    return {}


def _erase_note_photos(pk: int, reach: Reach, erased: Erased) -> None:
    """Delete the photos of internal notes, which may show the requester or the home."""
    if reach.requester:
        photos = table(NotePhoto)
        mine = delete(photos).where(photos.c.service_request_pk == pk).returning(photos.c.name)
        names = sorted(db.session.scalars(mine))
        erased.add("photos", len(names))
        erased.photos += names


def _is_dropped(medium: Any, row: Any, reach: Reach) -> bool:
    if medium.url is not None and reach.words.erase(medium.url) != medium.url:
        return True
    if medium.received_update_id is not None:
        by_city = medium.by_city and row.withdrawn_at is None
        return medium.received_update_id in reach.update_ids and not by_city
    return reach.requester and medium.status_change_id is None


def _erase_history(row: Any, reach: Reach, erased: Erased) -> dict[str, Any]:
    """Erase from updates, notes, and transfers; return the columns that repeat them."""
    updates, changes, steps, routing = map(
        table, (ReceivedUpdate, StatusChange, WorkStep, RoutingStep)
    )
    mine = updates.c.service_request_pk == row.pk
    copied = reach.copied | list_whole_notes(row.pk, reach)
    erase = _cut(_texts(reach, reach.update_ids))
    _erase_column(ReceivedUpdate, "description", erase, erased, mine)
    mine = changes.c.service_request_pk == row.pk
    _erase_column(StatusChange, "status_notes", _notes(reach, copied), erased, mine)
    mine = steps.c.service_request_pk == row.pk
    _erase_column(WorkStep, "text", _texts(reach), erased, mine, steps.c.kind.in_(FREE_STEPS))
    mine, by_hand = routing.c.service_request_pk == row.pk, routing.c.kind == "handed_over"
    reasons = _erase_column(RoutingStep, "reason", _texts(reach), erased, mine, by_hand)
    repeated = without_reasons(reasons, reach)
    _erase_column(RoutingStep, "reason", repeated, erased, mine)
    _erase_column(RoutingStep, "before", replaced_eraser(repeated, reach), erased, mine)
    now = {
        "status_notes": _newest_note(row),
        "routing_reason": repeated(row.pk, row.routing_reason),
    }
    return {name: text for name, text in now.items() if text != getattr(row, name)}


def _newest_note(row: Any) -> str:
    changes = table(StatusChange).c
    notes = select(changes.status_notes).where(changes.service_request_pk == row.pk)
    newest = db.session.scalar(notes.order_by(changes.id.desc()).limit(1))
    return str(row.status_notes if newest is None else newest)


def _erase_row(row: Any, reach: Reach, erased: Erased) -> dict[str, Any]:
    """Return the changed columns that the requester has filled."""
    words = reach.words
    later = {
        "description": _cut(_description(reach))(row.pk, row.description),
        "address_string": words.erase_in_address(row.address_string),
        "answers": words.erase_in(_chosen(row) if reach.requester else row.answers),
    }
    changed = {name: value for name, value in later.items() if value != getattr(row, name)}
    erased.add("texts", len(changed.keys() - {"answers"}))
    if "answers" in changed:
        differing = [name for name, one in row.answers.items() if one != later["answers"].get(name)]
        erased.add("answers", len(differing))
    return changed


def _description(reach: Reach) -> Eraser:
    def erase(_key: int, text: str) -> str:
        whole = reach.requester and (reach.texts or text.strip() in reach.copied)
        return ERASED if whole and text else reach.words.erase(text)

    return erase


def _chosen(row: Any) -> dict[str, Any]:
    """Return the answers that were chosen from a list, and not typed."""
    statement = select(ServiceAttribute.code).where(
        ServiceAttribute.service_id == row.service_id, ServiceAttribute.datatype.in_(WITH_OPTIONS)
    )
    listed = set(db.session.scalars(statement))
    return {name: value for name, value in row.answers.items() if name in listed}
