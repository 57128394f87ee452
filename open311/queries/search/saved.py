"""Saved views and areas: a user's own, and shared ones."""

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.search import AREA_UNKNOWN
from open311.models import Department, SavedArea, SavedView, User
from open311.queries.people.users import UserInfo


@dataclass(frozen=True)
class Saved:
    """A saved view or area: whether it is the user's own, and the department it is shared with."""

    id: int
    name: str
    mine: bool
    owner: str
    department_id: int | None
    department: str | None
    query: str = ""


def list_views(user: UserInfo) -> list[Saved]:
    """List the views that a user can use, by name."""
    return _list(SavedView, user, SavedView.query)


def list_areas(user: UserInfo) -> list[Saved]:
    """List the areas that a user can use, by name."""
    return _list(SavedArea, user)


def get_area(user: UserInfo, area_id: int) -> BaseGeometry:
    """Get an area that a user can use, in degrees on WGS 84, x first; raises NotFound."""
    mine = cast(SavedArea.id, BigInteger) == area_id
    found = db.session.scalar(
        select(func.ST_AsBinary(SavedArea.area)).where(mine, _for(SavedArea, user))
    )
    if found is None:
        raise NotFound(AREA_UNKNOWN, field="area", number=str(area_id))
    return shapely.from_wkb(bytes(found))


def _list(kind: Any, user: UserInfo, *more: Any) -> list[Saved]:
    shared_with = (kind.department_id, Department.name)
    rows = db.session.execute(
        select(kind.id, kind.name, kind.user_id == user.id, User.name, *shared_with, *more)
        .join(User, User.id == kind.user_id)
        .outerjoin(Department, Department.id == kind.department_id)
        .where(_for(kind, user))
        .order_by(kind.name, kind.id)
    )
    return [Saved(*row) for row in rows]


def _for(kind: Any, user: UserInfo) -> ColumnElement[bool]:
    """Return the condition that a user can use it: their own, or shared with their department.

    Users without a department see those shared with any department.
    """
    shared = kind.department_id.is_not(None)
    if user.department_id is not None:
        shared = kind.department_id == user.department_id
    here = kind.jurisdiction_id == user.jurisdiction_id
    return and_(here, or_(kind.user_id == user.id, shared))
