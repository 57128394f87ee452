"""Views and areas that staff members save under a name."""

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import multipolygon_column


def _kept_by_someone(*others: Any) -> tuple[Any, ...]:
    return (
        ForeignKeyConstraint(["jurisdiction_id", "user_id"], ["users.jurisdiction_id", "users.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        UniqueConstraint("user_id", "name"),
        CheckConstraint("name <> ''", name="named"),
        *others,
    )


class SavedView(Base):
    """Filters of the list, as a URL query; shared with the department if one is set."""

    __tablename__ = "saved_views"
    __table_args__ = _kept_by_someone()

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str]
    user_id: Mapped[int]
    department_id: Mapped[int | None]
    name: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime]


class SavedArea(Base):
    """An area drawn by a staff member; shared with the department if one is set."""

    __tablename__ = "saved_areas"
    __table_args__ = _kept_by_someone(
        CheckConstraint("NOT ST_IsEmpty(area)", name="area_not_empty")
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str]
    user_id: Mapped[int]
    department_id: Mapped[int | None]
    name: Mapped[str]
    area: Mapped[WKBElement] = mapped_column(multipolygon_column(), deferred=True)
    created_at: Mapped[datetime]
