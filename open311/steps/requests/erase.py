"""Erasure of personal data from a service request; the caller commits."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from open311.database import Base, db, table
from open311.models import (
    Erasure,
    LegalHold,
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
from open311.queries.requests.legal_holds import is_held
from open311.steps.requests.bulk import erase_fields
from open311.steps.requests.erase_media import erase_media, erase_note_photos
from open311.steps.requests.erasers import Erased, Eraser, replaced_eraser, without_reasons
from open311.steps.requests.holds import erase_seen
from open311.steps.requests.reach import Reach, list_whole_notes
from open311.steps.residents.erase import erase_site_data
from schemas.vocabulary.datatypes import WITH_OPTIONS
from schemas.vocabulary.limits import DESCRIPTION_LIMIT
from schemas.vocabulary.retention import (
    FREE_TEXT,
    RECEIPT,
    REPORTER,
    STAFF_NOTE,
    UPDATE_REPORTER,
)

PUBLIC = (ReceivedUpdate, StatusChange)
"""Tables of texts that the public sees; only staff see those of other tables."""


def erase_from_request(pk: int, reach: Reach) -> Erased:
    """Erase personal data from a service request that the caller has locked.

    Nothing is erased while it has a legal hold. The change number rises if a public text or a photo
    is erased, so that copies are updated. After the commit, and only then, the caller removes the
    files of the photos.
    """
    erased = Erased(is_held=is_held(pk))
    if erased.is_held:
        return erased
    requests = table(ServiceRequest)
    row = db.session.execute(select(requests).where(requests.c.pk == pk)).one()
    media = erase_media(row, reach, erased)
    erase_note_photos(pk, reach, erased)
    _erase_contacts(pk, reach, erased)
    with _erasing_allowed():
        columns = {**media, **_erase_history(row, reach, erased), **_erase_row(row, reach, erased)}
        _erase_column(Erasure, "reason", _words(reach), erased, Erasure.service_request_pk == pk)
    erase_fields(pk, reach, erased.add)
    _erase_of_staff(pk, reach.in_texts_of(STAFF_NOTE), erased)
    erased.photos += erase_site_data(pk, reach, erased.add)
    if columns or erased.counts.keys() & {"texts", "photos"}:
        values = columns or {"public": row.public}  # any update raises the change number
        db.session.execute(update(requests).where(requests.c.pk == pk).values(values))
    return erased


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
    if UPDATE_REPORTER in reach.series:
        of_updates = commenters.c.received_update_id.in_(reach.update_ids)
        erased.add("commenters", _delete(delete(commenters).where(of_updates)))
    if not reach.requester:
        return
    if FREE_TEXT in reach.series:
        erase_seen(pk)
    if REPORTER in reach.series:
        of_request = reporters.c.service_request_pk == pk
        erased.add("requesters", _delete(delete(reporters).where(of_request)))
    if RECEIPT in reach.series:
        erased.add("receipts", _delete(delete(receipts).where(receipts.c.service_request_pk == pk)))


def _delete(statement: Any) -> int:
    return db.session.connection().execute(statement).rowcount


def _erase_history(row: Any, reach: Reach, erased: Erased) -> dict[str, Any]:
    """Erase from updates, notes, and transfers; return the columns that repeat them."""
    updates, changes, steps, routing = map(
        table, (ReceivedUpdate, StatusChange, WorkStep, RoutingStep)
    )
    public, internal = reach.in_texts_of(FREE_TEXT), reach.in_texts_of(STAFF_NOTE)
    mine = updates.c.service_request_pk == row.pk
    copied = public.copied | list_whole_notes(row.pk, public)
    erase = _cut(_texts(public, reach.update_ids))
    _erase_column(ReceivedUpdate, "description", erase, erased, mine)
    mine = changes.c.service_request_pk == row.pk
    _erase_column(StatusChange, "status_notes", _notes(public, copied), erased, mine)
    mine = steps.c.service_request_pk == row.pk
    of_people = steps.c.kind.in_(FREE_STEPS)
    _erase_column(WorkStep, "text", _texts(internal), erased, mine, of_people)
    mine, by_hand = routing.c.service_request_pk == row.pk, routing.c.kind == "handed_over"
    reasons = _erase_column(RoutingStep, "reason", _texts(internal), erased, mine, by_hand)
    repeated = without_reasons(reasons, internal)
    _erase_column(RoutingStep, "reason", repeated, erased, mine)
    _erase_column(RoutingStep, "before", replaced_eraser(repeated, public), erased, mine)
    now = {
        "status_notes": _newest_note(row),
        "routing_reason": repeated(row.pk, row.routing_reason),
    }
    return {name: text for name, text in now.items() if text != getattr(row, name)}


def _erase_of_staff(pk: int, reach: Reach, erased: Erased) -> None:
    """Erase from the details of reviews, and from the reasons of legal holds that have ended.

    The server wrote the details, so a whole one goes only by a rule.
    """
    details = _texts(reach) if reach.by_rule else _words(reach)
    of_request = TriageEntry.service_request_pk == pk
    _erase_column(TriageEntry, "detail", details, erased, of_request)
    of_request = LegalHold.service_request_pk == pk
    _erase_column(LegalHold, "reason", _texts(reach), erased, of_request)


def _newest_note(row: Any) -> str:
    changes = table(StatusChange).c
    notes = select(changes.status_notes).where(changes.service_request_pk == row.pk)
    newest = db.session.scalar(notes.order_by(changes.id.desc()).limit(1))
    return str(row.status_notes if newest is None else newest)


def _erase_row(row: Any, reach: Reach, erased: Erased) -> dict[str, Any]:
    """Return the changed columns that the requester has filled."""
    public = reach.in_texts_of(FREE_TEXT)
    drops_typed = reach.requester and FREE_TEXT in reach.series
    later = {
        "description": _cut(_description(public))(row.pk, row.description),
        "address_string": public.words.erase_in_address(row.address_string),
        "answers": public.words.erase_in(_chosen(row) if drops_typed else row.answers),
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
