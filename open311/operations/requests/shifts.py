"""Shift lists: requests added, moved, put in order, and removed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, insert, select, update

from geo.stops import nearest_first
from open311.database import db, table
from open311.errors import Conflict, NotFound
from open311.messages.requests import ASSIGNEE_OF_OTHER_DEPARTMENT, REQUEST_UNKNOWN
from open311.messages.shifts import SHIFT_FULL, STOP_UNKNOWN
from open311.models import ShiftStop, User
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import UserInfo
from open311.queries.requests.shifts import find_candidates, find_stop, list_pks, list_stops
from open311.roles import may_work

MOST_STOPS = 60
"""Stops of a list, each of which a phone loads to have it without reception."""


@operation
def add_stops(jurisdiction: Scope, crew: UserInfo, day: date, ids: Sequence[str]) -> int:
    """Add requests by id to the end of a user's list, and return how many are new on it.

    Raises NotFound for a request, and Conflict if the user may not work on one, or if the list
    would have more than MOST_STOPS.
    """
    found = find_candidates(jurisdiction, ids)
    for id_ in ids:
        if id_ not in found:
            raise NotFound(REQUEST_UNKNOWN, id=id_)
        if not may_work(crew, found[id_].department_id):
            values = {"name": crew.name, "department": found[id_].department}
            raise Conflict(ASSIGNEE_OF_OTHER_DEPARTMENT, field="crew", **values)
    _lock(crew.id)
    known = list_pks(crew.id, day)
    new = [found[id_].pk for id_ in dict.fromkeys(ids) if found[id_].pk not in known]
    if len(known) + len(new) > MOST_STOPS:
        raise Conflict(SHIFT_FULL, limit=MOST_STOPS)
    rows = [
        {
            "jurisdiction_id": jurisdiction.jurisdiction_id,
            "user_id": crew.id,
            "day": day,
            "service_request_pk": pk,
            "position": position,
        }
        for position, pk in enumerate(new, len(known) + 1)
    ]
    if rows:
        db.session.execute(insert(table(ShiftStop)), rows)
    return len(rows)


@operation
def remove_stop(jurisdiction: Scope, crew: UserInfo, day: date, id_: str) -> None:
    """Remove a request from a list; raises NotFound if it is not on it."""
    _lock(crew.id)
    pk = _get_stop(jurisdiction, crew, day, id_)
    left = [one for one in list_pks(crew.id, day) if one != pk]
    mine = ShiftStop.user_id == crew.id, ShiftStop.day == day
    db.session.execute(delete(ShiftStop).where(*mine, ShiftStop.service_request_pk == pk))
    _store_order(crew.id, day, left)


@operation
def move_stop(jurisdiction: Scope, crew: UserInfo, day: date, id_: str, place: int) -> None:
    """Move a request to a place of the list, from 1; raises NotFound if it is not on it."""
    _lock(crew.id)
    pk = _get_stop(jurisdiction, crew, day, id_)
    order = [one for one in list_pks(crew.id, day) if one != pk]
    order.insert(max(place, 1) - 1, pk)
    _store_order(crew.id, day, order)


@operation
def order_by_distance(jurisdiction: Scope, crew: UserInfo, day: date) -> None:
    """Put a list in the order of nearest_first, which begins with its first stop."""
    _lock(crew.id)
    stops = list_stops(jurisdiction, crew.id, day)
    shown = [stops[index].pk for index in nearest_first([one.point for one in stops])]
    withdrawn = [pk for pk in list_pks(crew.id, day) if pk not in shown]
    _store_order(crew.id, day, [*shown, *withdrawn])


def _lock(user_id: int) -> None:
    """Let one transaction at a time change the lists of a user."""
    mine = select(User.id).where(User.id == user_id)
    db.session.execute(mine.with_for_update(key_share=True))


def _get_stop(jurisdiction: Scope, crew: UserInfo, day: date, id_: str) -> int:
    pk = find_stop(jurisdiction, crew.id, day, id_)
    if pk is None:
        raise NotFound(STOP_UNKNOWN, id=id_)
    return pk


def _store_order(user_id: int, day: date, pks: Sequence[int]) -> None:
    mine = ShiftStop.user_id == user_id, ShiftStop.day == day
    for position, pk in enumerate(pks, 1):
        statement = update(ShiftStop).where(*mine, ShiftStop.service_request_pk == pk)
        moved = statement.where(ShiftStop.position != position)
        db.session.execute(moved.values(position=position))
