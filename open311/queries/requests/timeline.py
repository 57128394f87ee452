"""History of a service request for staff: statuses, comments, departments, work, and media."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from geo.coordinates import Point
from open311.models import (
    ApiKey,
    Erasure,
    ReceivedUpdate,
    StatusChange,
    WorkStep,
)
from open311.queries.media import select_media
from open311.queries.requests.reactions import select_reactions
from open311.queries.routing.stored import Routed, Step
from open311.queries.together import Rows


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An entry of the history. at is in UTC; by is None if no member of staff made it.

    kind is status, comment, caller, erased, feedback, flagged, hidden, redacted, settled, one of
    ROUTING_STEPS, or one of WORK_STEPS. what is the detailed status, the status that a comment
    claims, the channel of a caller, the new department, the answer of the requester, what was
    hidden, the outcome of a hold, or the text of the step.
    said is the note or the reason, readable for everyone if public, otherwise for staff only.
    photos are (link, whether it is a photo stored here).

    An entry that came as an update has the name of its API key, and the id of the received update.
    by_city is whether that key may change statuses; pending is whether it needs approval.
    services are the codes of the former and the new service, and places the former and the new
    location, if the entry is about them.
    original is what was hidden or redacted, a text or the name of a photo: for administrators only.
    """

    at: datetime
    kind: str
    what: str
    said: str = ""
    by: str | None = None
    public: bool = False
    photos: Sequence[tuple[str, bool]] = field(default=())
    key: str = ""
    update: int | None = None
    by_city: bool = False
    pending: bool = False
    original: str = ""
    services: tuple[str, str] | None = None
    places: tuple[Point, Point] | None = None


def select_history(pk: Any) -> dict[str, Rows]:
    """Return the lists that list_happenings puts together, by name."""
    return {
        "statuses": _select_statuses(pk),
        "comments": _select_comments(pk),
        "media": select_media(pk),
        "work": _select_work(pk),
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
        *(_statuses(found["statuses"], photos), _comments(found["comments"], photos)),
        *(_of_routing(routed), map(_of_work, found["work"])),
        *(map(_of_erasure, found["erasures"]), map(_of_reaction, found["reactions"])),
    )
    dated = [one for sequence in sequences for one in _dated(sequence)]
    dated.sort(key=lambda one: one[0])
    return [happening for _at, happening in reversed(dated)]


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
                said="" if before and now[1] == before[1] else row.status_notes,
                by=row.made_by,
                public=True,
                photos=shown,
                key=row.key,
                update=row.update_id,
                by_city=True,
            )
        before = now


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


def _of_routing(routed: Routed) -> list[Happening]:
    """Return the routing steps. What a step led to is what a later one replaced, or is so today."""
    service, point = routed.question.service_code, routed.question.point
    happenings = []
    for step in reversed(routed.steps):
        former = _point_of(step.location)
        happenings.append(
            Happening(
                at=step.made_at,
                kind=step.kind,
                what=_departments(step),
                said=step.reason,
                by=step.made_by,
                services=(step.service_code, service) if step.service_code else None,
                places=(former, point) if former and point else None,
            )
        )
        service, point = step.service_code or service, former or point
    return happenings[::-1]


def _departments(step: Step) -> str:
    is_same = step.from_department == step.to_department
    return "" if is_same else f"{step.from_department} → {step.to_department}"


_EWKT = re.compile(r"SRID=4326;POINT\((\S+) (\S+)\)")


def _point_of(ewkt: str | None) -> Point | None:
    found = _EWKT.fullmatch(ewkt or "")
    return None if found is None else Point(lat=float(found[2]), long=float(found[1]))


def _select_work(pk: Any) -> Rows:
    return (
        select(WorkStep.made_at, WorkStep.kind, WorkStep.text, WorkStep.made_by)
        .where(WorkStep.service_request_pk == pk)
        .order_by(WorkStep.id)
    )


def _of_work(row: Any) -> Happening:
    note = row.kind == "noted"
    return Happening(
        at=row.made_at,
        kind=row.kind,
        what="" if note else row.text,
        said=row.text if note else "",
        by=row.made_by,
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
