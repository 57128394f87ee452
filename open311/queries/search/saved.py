"""Saved views and areas: a user's own, and shared ones."""

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)

from open311.database import db
from open311.errors import NotFound
from open311.messages.search import AREA_UNKNOWN
from open311.models import Department, SavedArea, SavedView, User
from open311.queries.people.users import UserInfo
from open311.queries.together import Rows


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
    return [Saved(*row) for row in db.session.execute(VIEWS, values_for(user))]


def list_areas(user: UserInfo) -> list[Saved]:
    """List the areas that a user can use, by name."""
    return [Saved(*row) for row in db.session.execute(AREAS, values_for(user))]


def get_area(user: UserInfo, area_id: int) -> BaseGeometry:
    """Get an area that a user can use, in degrees on WGS 84, x first; raises NotFound."""
    mine = cast(SavedArea.id, BigInteger) == area_id
    statement = select(func.ST_AsBinary(SavedArea.area)).where(mine, _usable(SavedArea))
    found = db.session.scalar(statement, values_for(user))
    if found is None:
        raise NotFound(AREA_UNKNOWN, field="area", number=str(area_id))
    return shapely.from_wkb(bytes(found))


_USER_ID = bindparam("user_id", type_=Integer)
_DEPARTMENT_ID = bindparam("department_id", type_=Integer)
_JURISDICTION_ID = bindparam("jurisdiction_id", type_=String)


def values_for(user: UserInfo) -> dict[str, Any]:
    """Return the parameters of VIEWS and AREAS for a user."""
    return {
        _USER_ID.key: user.id,
        _DEPARTMENT_ID.key: user.department_id,
        _JURISDICTION_ID.key: user.jurisdiction_id,
    }


def _usable(kind: Any) -> ColumnElement[bool]:
    """Return the condition that a user can use it: their own, or shared with their department.

    Users without a department see those shared with any department.
    """
    shared = kind.department_id == func.coalesce(_DEPARTMENT_ID, kind.department_id)
    return and_(kind.jurisdiction_id == _JURISDICTION_ID, or_(kind.user_id == _USER_ID, shared))


def _select(kind: Any, *more: Any) -> Rows:
    return (
        select(
            *(kind.id, kind.name, (kind.user_id == _USER_ID).label("mine")),
            *(User.name.label("owner"), kind.department_id, Department.name.label("department")),
            *more,
        )
        .join(User, User.id == kind.user_id)
        .outerjoin(Department, Department.id == kind.department_id)
        .where(_usable(kind))
        .order_by(kind.name, kind.id)
    )


VIEWS = _select(SavedView, SavedView.query)
AREAS = _select(SavedArea)
"""Selections of what a user can use, with the columns of Saved."""
