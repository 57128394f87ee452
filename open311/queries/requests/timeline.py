"""History of a service request for staff: statuses, departments, work, and media."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from open311.database import db
from open311.models import Erasure, Media, ReceivedUpdate, StatusChange, WorkStep
from open311.queries.media import link_of_medium
from open311.queries.routing.stored import Step


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An entry of the history. at is in UTC; by is None if no member of staff made it.

    kind is status, erased, one of ROUTING_STEPS, or one of WORK_STEPS. what is the detailed status,
    the new department, or the text of the step. said is the note or the reason, readable for
    everyone if public, otherwise for staff only.
    """

    at: datetime
    kind: str
    what: str
    said: str = ""
    by: str | None = None
    public: bool = False
    photos: Sequence[str] = field(default=())


def list_happenings(pk: int, steps: Iterable[Step], public_url: str) -> list[Happening]:
    """List the history of a service request, newest first; steps are its routing steps."""
    found = [*_statuses(pk, public_url), *map(_of_routing, steps), *_work(pk), *_erasures(pk)]
    order = sorted(enumerate(found), key=lambda numbered: (numbered[1].at, numbered[0]))
    return [happening for _number, happening in reversed(order)]


def _statuses(pk: int, public_url: str) -> Iterable[Happening]:
    """Return the changes of status, without those equal to the previous one."""
    rows = db.session.execute(
        select(
            StatusChange.id,
            StatusChange.changed_at,
            StatusChange.detailed_status,
            StatusChange.status_notes,
            StatusChange.made_by,
        )
        .where(StatusChange.service_request_pk == pk)
        .order_by(StatusChange.changed_at, StatusChange.id)
    )
    photos = _photos(pk, public_url)
    before: tuple[str, str] | None = None
    for row in rows:
        now = (row.detailed_status, row.status_notes)
        if now != before or row.id in photos:
            yield Happening(
                at=row.changed_at,
                kind="status",
                what=row.detailed_status,
                said="" if before and now[1] == before[1] else row.status_notes,
                by=row.made_by,
                public=True,
                photos=photos.get(row.id, ()),
            )
        before = now


def _photos(pk: int, public_url: str) -> dict[int, list[str]]:
    """Return the links of media by the id of their change of status."""
    rows = db.session.execute(
        select(
            Media.status_change_id,
            ReceivedUpdate.status_change_id.label("of_update"),
            link_of_medium(public_url).label("link"),
        )
        .outerjoin(ReceivedUpdate, ReceivedUpdate.id == Media.received_update_id)
        .where(Media.service_request_pk == pk)
        .order_by(Media.position)
    )
    photos: dict[int, list[str]] = {}
    for row in rows:
        change_id = row.status_change_id or row.of_update
        if change_id is not None:
            photos.setdefault(change_id, []).append(row.link)
    return photos


def _of_routing(step: Step) -> Happening:
    moved = step.from_department != step.to_department
    what = f"{step.from_department} → {step.to_department}" if moved else ""
    return Happening(at=step.made_at, kind=step.kind, what=what, said=step.reason, by=step.made_by)


def _work(pk: int) -> Iterable[Happening]:
    rows = db.session.execute(
        select(WorkStep.made_at, WorkStep.kind, WorkStep.text, WorkStep.made_by)
        .where(WorkStep.service_request_pk == pk)
        .order_by(WorkStep.id)
    )
    for row in rows:
        note = row.kind == "noted"
        yield Happening(
            at=row.made_at,
            kind=row.kind,
            what="" if note else row.text,
            said=row.text if note else "",
            by=row.made_by,
        )


def _erasures(pk: int) -> Iterable[Happening]:
    rows = db.session.execute(
        select(Erasure.erased_at, Erasure.reason, Erasure.erased_by)
        .where(Erasure.service_request_pk == pk, Erasure.counts != {})
        .order_by(Erasure.id)
    )
    for row in rows:
        yield Happening(at=row.erased_at, kind="erased", what="", said=row.reason, by=row.erased_by)
