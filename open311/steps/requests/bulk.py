"""Results of a bulk action for each of its service requests."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select, update

from open311.database import db
from open311.messages.problem import Problem
from open311.models import BulkChange, BulkItem, ServiceRequest
from open311.personal_data import ERASED
from open311.queries.requests.bulk_state import State, state_of
from open311.steps.requests.reach import Reach
from schemas.vocabulary.bulk import DONE, WAITING


class ItemTaken(Exception):
    """Another worker has stored the result for a service request; nothing is stored again."""


def store_item_done(change_id: int, position: int, pk: int, before: State) -> None:
    """Store that a service request was changed, with what it is now; raises ItemTaken."""
    after = select(state_of()).where(ServiceRequest.pk == pk).scalar_subquery()
    _store(change_id, position, WAITING, state=DONE, before=dict(before), after=after)


def store_item(
    change_id: int, position: int, state: str, *, of: str, problem: Problem | None = None
) -> None:
    """Store the state of a service request that was in another, and why; raises ItemTaken."""
    told = None if problem is None else as_json(problem)
    _store(change_id, position, of, state=state, problem=told)


_TEXTS = ("status_notes", "internal_note", "reason", "notes")
"""Fields of bulk actions that are free texts."""


def erase_fields(pk: int, reach: Reach, add: Callable[[str, int], None]) -> None:
    """Erase words, or whole texts, from the forms of the bulk actions on a service request.

    add counts them.
    """
    together = select(BulkItem.bulk_change_id).where(BulkItem.service_request_pk == pk)
    rows = select(BulkChange.id, BulkChange.fields).where(BulkChange.id.in_(together))
    for id_, fields in db.session.execute(rows.order_by(BulkChange.id)).all():
        rest = _without(fields, reach)
        if rest != fields:
            change = update(BulkChange).where(BulkChange.id == id_)
            db.session.execute(change.values(fields=rest))
            add("notes", 1)


def _without(fields: Mapping[str, Any], reach: Reach) -> dict[str, Any]:
    rest = dict(reach.words.erase_in(fields))
    if reach.texts and reach.requester:
        rest |= {name: _erased(rest[name]) for name in _TEXTS if rest.get(name)}
    return rest


def _erased(value: Any) -> Any:
    return dict.fromkeys(value, ERASED) if isinstance(value, dict) else ERASED


def _store(change_id: int, position: int, of: str, **values: Any) -> None:
    mine = BulkItem.bulk_change_id == change_id, BulkItem.position == position, BulkItem.state == of
    statement = update(BulkItem).where(*mine).values(**values).returning(BulkItem.position)
    if db.session.execute(statement).one_or_none() is None:
        raise ItemTaken


def as_json(problem: Problem) -> Mapping[str, Any]:
    """Return a problem as it is kept: the key of its message, and values without other objects."""
    return {
        "key": problem.message.key,
        "values": {name: _plain(value) for name, value in problem.values.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float) else str(value)
