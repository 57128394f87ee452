"""Keeping a view or an area under a name, and giving it up."""

from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, insert
from sqlalchemy.exc import IntegrityError

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters, NotFound
from open311.models import SavedArea, SavedView
from open311.queries.departments import get_department
from open311.queries.users import UserInfo


def save_view(user: UserInfo, name: str, query: str, department: str | None) -> int:
    """Keep the query of a list's address, for a department by its code if it is shared with one.

    Gives its id. Raises Conflict where the user has one of that name, InvalidParameters without
    a name, and NotFound for the department.
    """
    view_id = _add(SavedView, user, name, department, query=query)
    db.session.commit()
    return view_id


def save_area(user: UserInfo, name: str, area: BaseGeometry, department: str | None) -> int:
    """Keep an area in degrees on WGS 84, x first; gives its id, and raises as save_view does."""
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    whole = func.ST_GeomFromWKB(shapely.to_wkb(shapely.MultiPolygon(parts)), 4326)
    area_id = _add(SavedArea, user, name, department, area=whole)
    db.session.commit()
    return area_id


def drop_view(user: UserInfo, view_id: int) -> None:
    """Give up a view of one's own; raises NotFound."""
    _drop(SavedView, user, view_id)
    db.session.commit()


def drop_area(user: UserInfo, area_id: int) -> None:
    """Give up an area of one's own; raises NotFound."""
    _drop(SavedArea, user, area_id)
    db.session.commit()


def _add(kind: Any, user: UserInfo, name: str, department: str | None, **more: Any) -> int:
    if not name:
        raise InvalidParameters("name is missing: say what to call it.")
    department_id = None
    if department:
        department_id = get_department(user.jurisdiction_id, department).id
    statement = insert(table(kind)).values(
        jurisdiction_id=user.jurisdiction_id,
        user_id=user.id,
        department_id=department_id,
        name=name,
        created_at=datetime.now(UTC),
        **more,
    )
    try:
        return int(db.session.execute(statement.returning(kind.id)).scalar_one())
    except IntegrityError:
        db.session.rollback()
        raise Conflict(f"You have one named {name!r} already: take another name.") from None


def _drop(kind: Any, user: UserInfo, saved_id: int) -> None:
    statement = delete(kind).where(kind.id == saved_id, kind.user_id == user.id)
    if not db.session.execute(statement.returning(kind.id)).all():
        raise NotFound(f"You have saved nothing under number {saved_id}.")
