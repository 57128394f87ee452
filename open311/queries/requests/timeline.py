"""History of a service request for staff: statuses, comments, departments, work, and media."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from open311.models import (
    ApiKey,
    Erasure,
    ReceivedUpdate,
    StatusChange,
    WorkStep,
)
from open311.queries.media import select_media, select_note_photos
from open311.queries.requests.former_values import with_former_values
from open311.queries.requests.happening import Happening
from open311.queries.requests.reactions import select_reactions
from open311.queries.requests.routing_history import happenings_of_routing
from open311.queries.routing.stored import Routed
from open311.queries.together import Rows
from schemas.vocabulary.steps import APPROVED


def select_history(pk: Any) -> dict[str, Rows]:
    """Return the lists that list_happenings puts together, by name."""
    return {
        "statuses": _select_statuses(pk),
        "comments": _select_comments(pk),
        "media": select_media(pk),
        "work": _select_work(pk),
        "note_photos": select_note_photos(pk),
        "erasures": _select_erasures(pk),
        "reactions": select_reactions(pk),
    }


def list_happenings(found: Mapping[str, Sequence[Any]], routed: Routed) -> list[Happening]:
    """List the history of a service request, newest first.

    found are the rows of select_history. Entries of one sequence keep its order, also if the clock
    was set back in between.
    """
    photos = _photos(found["media"])
    sequences = (
        *(_statuses(found["statuses"], photos), _approvals(found)),
        *(_comments(found["comments"], photos), happenings_of_routing(routed)),
        _works(found),
        *(map(_of_erasure, found["erasures"]), map(_of_reaction, found["reactions"])),
    )
    dated = [one for sequence in sequences for one in _dated(sequence)]
    dated.sort(key=lambda one: one[0])
    return with_former_values([happening for _at, happening in dated])[::-1]


def _dated(sequence: Iterable[Happening]) -> Iterable[tuple[datetime, Happening]]:
    """Return entries with the latest time so far, which never decreases."""
    latest = None
    for happening in sequence:
        latest = happening.at if latest is None else max(latest, happening.at)
        yield latest, happening


Photos = Mapping[tuple[str, int], Sequence[tuple[str, bool]]]
"""Media as in Happening by what they belong to: ("update", id), or ("status", id of the change)."""


def _select_statuses(pk: Any) -> Rows:
    return (
        select(
            StatusChange.id,
            StatusChange.changed_at,
            StatusChange.status,
            StatusChange.detailed_status,
            StatusChange.status_notes,
            StatusChange.made_by,
            StatusChange.kind,
            ReceivedUpdate.id.label("update_id"),
            func.coalesce(ApiKey.name, "").label("key"),
        )
        .outerjoin(ReceivedUpdate, ReceivedUpdate.status_change_id == StatusChange.id)
        .outerjoin(ApiKey, ApiKey.id == ReceivedUpdate.api_key_id)
        .where(StatusChange.service_request_pk == pk)
        .order_by(StatusChange.id)
    )


def _statuses(rows: Iterable[Any], photos: Photos) -> Iterable[Happening]:
    """Return the changes of status, without those equal to the previous one."""
    before: tuple[str, str] | None = None
    for row in rows:
        now = (row.detailed_status, row.status_notes)
        shown = (*photos.get(("status", row.id), ()), *photos.get(("update", row.update_id), ()))
        if now != before or shown:
            yield Happening(
                at=row.changed_at,
                kind="status",
                what=row.detailed_status,
                former=before[0] if before and before[0] != now[0] else "",
                said="" if before and now[1] == before[1] else row.status_notes,
                by=row.made_by,
                public=True,
                photos=shown,
                key=row.key,
                update=row.update_id,
                by_city=True,
            )
        before = now


def _approvals(found: Mapping[str, Sequence[Any]]) -> Iterable[Happening]:
    """Return the approvals of the request, but for those that settled a hold, which say so."""
    settled = {one.at for one in found["reactions"] if one.kind == "settled"}
    for row in found["statuses"]:
        if row.kind == APPROVED and row.changed_at not in settled:
            yield Happening(at=row.changed_at, kind=APPROVED, what="", by=row.made_by, public=True)


def _select_comments(pk: Any) -> Rows:
    """Select the comments, also those that need approval, and callers that staff added."""
    return (
        select(
            ReceivedUpdate.id,
            func.coalesce(ReceivedUpdate.accepted_at, ReceivedUpdate.received_at).label("at"),
            ReceivedUpdate.status,
            ReceivedUpdate.claims,
            ReceivedUpdate.description,
            ReceivedUpdate.by_city,
            ReceivedUpdate.comment_id.is_(None).label("pending"),
            ReceivedUpdate.channel,
            ReceivedUpdate.added_by,
            func.coalesce(ApiKey.name, "").label("key"),
        )
        .outerjoin(ApiKey, ApiKey.id == ReceivedUpdate.api_key_id)
        .where(ReceivedUpdate.service_request_pk == pk, ReceivedUpdate.status_change_id.is_(None))
        .order_by(ReceivedUpdate.id)
    )


def _comments(rows: Iterable[Any], photos: Photos) -> Iterable[Happening]:
    for row in rows:
        if row.added_by is not None:
            yield _caller(row)
            continue
        yield Happening(
            at=row.at,
            kind="comment",
            what=row.status if row.claims else "",
            said=row.description,
            public=not row.pending,
            photos=photos.get(("update", row.id), ()),
            key=row.key,
            update=row.id,
            by_city=row.by_city,
            pending=row.pending,
        )


def _caller(row: Any) -> Happening:
    return Happening(
        at=row.at,
        kind="caller",
        what=row.channel,
        said=row.description,
        by=row.added_by,
        update=row.id,
    )


def _photos(media: Iterable[Any]) -> Photos:
    photos: dict[tuple[str, int], list[tuple[str, bool]]] = {}
    for row in media:
        medium = (row.link, row.stored)
        if row.status_change_id is not None:
            photos.setdefault(("status", row.status_change_id), []).append(medium)
        elif row.received_update_id is not None:
            photos.setdefault(("update", row.received_update_id), []).append(medium)
    return photos


def _select_work(pk: Any) -> Rows:
    return (
        select(WorkStep.id, WorkStep.made_at, WorkStep.kind, WorkStep.text, WorkStep.made_by)
        .where(WorkStep.service_request_pk == pk)
        .order_by(WorkStep.id)
    )


def _works(found: Mapping[str, Sequence[Any]]) -> Iterable[Happening]:
    """Return the steps of staff work, notes with their photos."""
    photos: dict[int, list[tuple[str, bool]]] = {}
    for one in found["note_photos"]:
        photos.setdefault(one.work_step_id, []).append((one.link, True))
    for row in found["work"]:
        yield _of_work(row, photos.get(row.id, ()))


def _of_work(row: Any, photos: Sequence[tuple[str, bool]]) -> Happening:
    note = row.kind == "noted"
    return Happening(
        at=row.made_at,
        kind=row.kind,
        what="" if note else row.text,
        said=row.text if note else "",
        by=row.made_by,
        photos=photos,
    )


def _select_erasures(pk: Any) -> Rows:
    return (
        select(Erasure.erased_at, Erasure.reason, Erasure.erased_by)
        .where(Erasure.service_request_pk == pk, Erasure.counts != func.jsonb_build_object())
        .order_by(Erasure.id)
    )


def _of_erasure(row: Any) -> Happening:
    return Happening(at=row.erased_at, kind="erased", what="", said=row.reason, by=row.erased_by)


def _of_reaction(row: Any) -> Happening:
    return Happening(**row._asdict())
