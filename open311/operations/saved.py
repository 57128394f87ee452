"""Saved views and saved areas: stored and deleted."""

from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, insert
from sqlalchemy.exc import IntegrityError

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters, NotFound, Open311Error
from open311.messages.search import (
    AREA_NOT_SHARED,
    AREA_TOO_SMALL,
    AREA_UNKNOWN,
    SAVED_NAME_REQUIRED,
    SAVED_NAME_TAKEN,
    SAVED_UNKNOWN,
)
from open311.models import SavedArea, SavedView
from open311.operations.transaction import operation
from open311.queries.catalog.departments import get_department
from open311.queries.people.users import UserInfo
from open311.queries.search.saved import list_areas


@operation
def save_view(
    user: UserInfo, name: str, query: str, department: str | None, area_id: int | None = None
) -> int:
    """Store a saved view (the query of a list) and return its id.

    department is the code of the department it is shared with, if any. area_id is the saved area
    that the query names. Raises Conflict if the user has a view with this name, or if the area is
    not shared with the department; InvalidParameters without a name, and NotFound for the
    department or the area.
    """
    if department and area_id is not None:
        _check_shared(user, area_id, department)
    return _add(SavedView, user, name, department, query=query)


@operation
def save_area(user: UserInfo, name: str, area: BaseGeometry, department: str | None) -> int:
    """Store a saved area (degrees WGS 84, x first) and return its id; raises as save_view."""
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    whole = func.ST_GeomFromWKB(shapely.to_wkb(shapely.MultiPolygon(parts)), 4326)
    return _add(SavedArea, user, name, department, area=whole)


@operation
def drop_view(user: UserInfo, view_id: int) -> None:
    """Delete a saved view of the user; raises NotFound."""
    _drop(SavedView, user, view_id)


@operation
def drop_area(user: UserInfo, area_id: int) -> None:
    """Delete a saved area of the user; raises NotFound."""
    _drop(SavedArea, user, area_id)


def _add(kind: Any, user: UserInfo, name: str, department: str | None, **more: Any) -> int:
    if not name:
        raise InvalidParameters(SAVED_NAME_REQUIRED, field="name")
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
    except IntegrityError as error:
        raise _refusal(error, name) from None


def _refusal(error: IntegrityError, name: str) -> Open311Error:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None and str(diagnosis.constraint_name).startswith("uq_"):
        return Conflict(SAVED_NAME_TAKEN, field="name", name=name)
    return InvalidParameters(AREA_TOO_SMALL)


def _check_shared(user: UserInfo, area_id: int, department: str) -> None:
    target = get_department(user.jurisdiction_id, department)
    area = next((area for area in list_areas(user) if area.id == area_id), None)
    if area is None:
        raise NotFound(AREA_UNKNOWN, field="query", number=str(area_id))
    if area.department_id != target.id:
        raise Conflict(AREA_NOT_SHARED, field="department", name=area.name, department=target.name)


def _drop(kind: Any, user: UserInfo, saved_id: int) -> None:
    statement = delete(kind).where(kind.id == saved_id, kind.user_id == user.id)
    if not db.session.execute(statement.returning(kind.id)).all():
        raise NotFound(SAVED_UNKNOWN, number=str(saved_id))
