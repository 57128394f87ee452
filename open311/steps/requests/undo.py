"""Restoring what a bulk action changed in a service request, as far as nobody changed it since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update

from open311.database import db, table
from open311.models import (
    RequestTag,
    RoutingStep,
    ServiceRequest,
    StatusChange,
    Tag,
    User,
)
from open311.queries.jurisdictions import Scope
from open311.queries.requests.bulk_state import State, list_parts_changed_since
from open311.queries.routing.stored import Routed
from open311.steps.requests.history import (
    status_of,
    store_as_changed,
    store_status,
    store_work_step,
)
from open311.steps.requests.reopen import CLOSED_TOGETHER, lock_closed_with
from open311.steps.routing.store import StepTarget, add_routing_step, store_columns
from schemas.vocabulary.priorities import PRIORITY_OF
from schemas.vocabulary.statuses import CLOSED, OPEN
from schemas.vocabulary.steps import ROUTING, SERVICE_CHANGED, TRANSFERRED
from schemas.vocabulary.telling import STATUS as TOLD_AS_STATUS

PARTS: Mapping[str, tuple[str, ...]] = {
    "duplicate": ("duplicate_of_pk",),
    "department": ("department_id", "pinned", "accepted_at", "service_id"),
    "assignee": ("assigned_user_id",),
    "status": ("status_change_id",),
    "priority": ("priority",),
    "tags": ("tags",),
}
"""The names of State by the parts of CHANGED_PARTS, in the order in which they are restored."""


@dataclass(frozen=True, kw_only=True)
class Restoring:
    """A locked service request: its state before and after a bulk action, and at present."""

    jurisdiction: Scope
    routed: Routed
    action: str
    before: State
    after: State
    now: State
    made_by: str

    @property
    def pk(self) -> int:
        """The primary key of the service request."""
        return self.routed.pk

    def is_same(self, one: State, other: State, part: str) -> bool:
        """Return whether two states agree in a part."""
        return all(one[name] == other[name] for name in PARTS[part])


def store_restored(restoring: Restoring) -> list[str]:
    """Restore what the bulk action changed, and return the parts that someone changed since.

    What someone changed there and back counts as changed.

    Each part gets its own entries in the history. The queue of reviews stays as it is.
    """
    before, after, now = restoring.before, restoring.after, restoring.now
    changed = [part for part in PARTS if not restoring.is_same(before, after, part)]
    later = list_parts_changed_since(restoring.pk, after)
    kept = [part for part in changed if part in later or not restoring.is_same(after, now, part)]
    if "department" in kept and "assignee" in changed:
        kept = list(dict.fromkeys([*kept, "assignee"]))  # that of the former department
    restored = [part for part in changed if part not in kept]
    if restored:
        store_work_step(restoring.pk, "bulk_undone", restoring.action, restoring.made_by)
    for part in restored:
        _RESTORE[part](restoring)
    if {"status", "department"} & {*restored}:
        _restore_due_date(restoring)
    return kept


def _restore_duplicate(restoring: Restoring) -> None:
    main_pk = restoring.before["duplicate_of_pk"]
    _change(restoring, duplicate_of_pk=main_pk)
    if main_pk is None:
        store_work_step(restoring.pk, "unlinked", "", restoring.made_by)
    else:
        store_work_step(restoring.pk, "linked", _name_of(main_pk), restoring.made_by)
    moved = (
        ServiceRequest.pk.in_(restoring.before["duplicates"]),
        ServiceRequest.duplicate_of_pk == restoring.after["duplicate_of_pk"],
    )
    back = update(ServiceRequest).where(*moved).values(duplicate_of_pk=restoring.pk)
    db.session.execute(back)


def _name_of(pk: int) -> str:
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token, "")
    return str(db.session.scalar(select(name).where(ServiceRequest.pk == pk)))


def _restore_department(restoring: Restoring) -> None:
    """Restore the department and how it was chosen, and the service."""
    before, routed = restoring.before, restoring.routed
    replaced = _replaced(restoring)
    target = StepTarget(
        department_id=before["department_id"],
        rule_id=replaced["routing_rule_id"],
        reason=replaced["routing_reason"],
    )
    columns: dict[str, Any] = {
        "department_id": target.department_id,
        "routing_rule_id": target.rule_id,
        "routing_reason": target.reason,
        "near_border": replaced["near_border"],
        "pinned": before["pinned"],
        "accepted_at": _moment(before["accepted_at"]),
    }
    kind, also = ROUTING, {}
    if before["service_id"] != routed.service_id:
        kind, also = SERVICE_CHANGED, {"service_code": routed.question.service_code}
        columns["service_id"] = before["service_id"]
    elif target.department_id != routed.department_id:
        kind = TRANSFERRED
    step = restoring.jurisdiction, routed, "restored", target, restoring.made_by, also
    add_routing_step(*step)
    store_columns(routed, kind, **columns)


def _replaced(restoring: Restoring) -> Mapping[str, Any]:
    """Return the values that the first routing step of the bulk action replaced."""
    steps = table(RoutingStep).c
    found = (
        select(steps.before)
        .where(
            steps.service_request_pk == restoring.pk,
            steps.id > restoring.before["routing_step_id"],
        )
        .order_by(steps.id)
        .limit(1)
    )
    replaced: Mapping[str, Any] = db.session.scalars(found).one()
    return replaced


def _restore_assignee(restoring: Restoring) -> None:
    user_id = restoring.before["assigned_user_id"]
    able = User.id == user_id, User.disabled_at.is_(None)
    name = None if user_id is None else db.session.scalar(select(User.name).where(*able))
    _change(restoring, assigned_user_id=None if name is None else user_id)
    kind = "released" if name is None else "assigned"
    store_work_step(restoring.pk, kind, name or "", restoring.made_by)


def _restore_status(restoring: Restoring) -> None:
    """Restore the status and its note, and reopen duplicates that closed with it."""
    change = StatusChange.id == restoring.before["status_change_id"]
    former = db.session.execute(
        select(StatusChange.detailed_status, StatusChange.status_notes).where(change)
    ).one()
    jurisdiction, current = restoring.jurisdiction, restoring.routed.detailed_status
    reopens = status_of(current) == CLOSED and status_of(former.detailed_status) == OPEN
    duplicates = lock_closed_with(jurisdiction, restoring.pk, CLOSED_TOGETHER) if reopens else []
    store_status(
        *(jurisdiction, restoring.pk, former.detailed_status, former.status_notes),
        current=current,
        made_by=restoring.made_by,
        # Nobody needs an email about a note that is gone.
        telling=None if current == former.detailed_status else TOLD_AS_STATUS,
    )
    for one in duplicates:
        store_status(jurisdiction, one, OPEN, "", current=CLOSED, made_by=restoring.made_by)


def _restore_priority(restoring: Restoring) -> None:
    rank = restoring.before["priority"]
    _change(restoring, priority=rank)
    store_work_step(restoring.pk, "prioritized", PRIORITY_OF[rank], restoring.made_by)


def _restore_tags(restoring: Restoring) -> None:
    """Restore the tags that still exist."""
    before, now = (set(one["tags"]) for one in (restoring.before, restoring.now))
    mine = RequestTag.service_request_pk == restoring.pk
    db.session.execute(delete(RequestTag).where(mine, RequestTag.tag_id.in_(now - before)))
    again = select(literal(restoring.pk), Tag.id).where(Tag.id.in_(before - now))
    columns = ["service_request_pk", "tag_id"]
    db.session.execute(insert(table(RequestTag)).from_select(columns, again))
    for kind, ids in (("tagged", before - now), ("untagged", now - before)):
        names = db.session.scalars(select(Tag.name).where(Tag.id.in_(ids)).order_by(Tag.name))
        if text := ", ".join(names):
            store_work_step(restoring.pk, kind, text, restoring.made_by)
    store_as_changed(restoring.pk)


_RESTORE = {
    "duplicate": _restore_duplicate,
    "department": _restore_department,
    "assignee": _restore_assignee,
    "status": _restore_status,
    "priority": _restore_priority,
    "tags": _restore_tags,
}


def _restore_due_date(restoring: Restoring) -> None:
    """Restore the due date and the hold, of which the other parts set new ones."""
    before, after, now = restoring.before, restoring.after, restoring.now
    names = ("expected_datetime", "waits_since")
    columns = {name: _moment(before[name]) for name in names if after[name] == now[name]}
    if columns:
        _change(restoring, **columns)


def _change(restoring: Restoring, **columns: Any) -> None:
    statement = update(ServiceRequest).where(ServiceRequest.pk == restoring.pk)
    db.session.execute(statement.values(**columns))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
