"""Views and areas that staff members save under a name, and read-only links to views."""

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
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


class ViewLink(Base):
    """A read-only link to a search, for people without an account.

    Only the SHA-256 of the token in the link is stored. query has the filters of the list as a URL
    query, without a saved area: area is that area as it was. The link ends at expires_at, at most a
    year after it was made, or when it is revoked. used_at is when it was last used, by the day.
    """

    __tablename__ = "view_links"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "user_id"], ["users.jurisdiction_id", "users.id"]),
        CheckConstraint("name ~ '[^\\s]' AND length(name) <= 100", name="named"),
        CheckConstraint("length(token_hash) = 32", name="hashed"),
        CheckConstraint("NOT ST_IsEmpty(area)", name="area_not_empty"),
        CheckConstraint(
            "expires_at > created_at AND expires_at <= created_at + interval '366 days'",
            name="expires_within_a_year",
        ),
        Index("ix_view_links_newest", "jurisdiction_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str]
    user_id: Mapped[int]
    name: Mapped[str]
    query: Mapped[str]
    area: Mapped[WKBElement | None] = mapped_column(multipolygon_column(), deferred=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
