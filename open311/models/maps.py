"""Boundary layers (wards, districts), their dated sets, the boundaries, and their outlines."""

from datetime import date, datetime

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import WGS84, multipolygon_column


class BoundaryLayer(Base):
    """A boundary layer. Its code is also the name of an XML element, hence the limited characters.

    position ranks layers if rules have equal priority: the lowest wins. Rules that name an
    exception layer have priority over all others. reach_meters is the buffer distance on each side
    of lines, such as state highways; layers of areas have none. The boundaries of an overlapping
    layer, such as school zones, overlap on purpose: all that contain a point count.
    """

    __tablename__ = "boundary_layers"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        UniqueConstraint("jurisdiction_id", "id"),  # target of foreign keys within a jurisdiction
        CheckConstraint("code ~ '^[a-z][a-z0-9_]*$'", name="code_form"),
        CheckConstraint("reach_meters > 0", name="reach_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    code: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    exception: Mapped[bool]
    overlapping: Mapped[bool] = mapped_column(server_default=false())
    reach_meters: Mapped[float | None]


class BoundarySet(Base):
    """One version of a layer: a draft, or current from one day (included) until another.

    Days are in the jurisdiction's time zone. in_force_until (excluded) is asked_until or the
    effective date of the next set, whichever is earlier. A constraint prevents two current sets of
    a layer on one day. A set whose two days are equal is never current, nor is a draft or a
    withdrawn set. carry_over asks to reroute open requests on the effective date. despite is the
    reason why a set was published although an examination found it doubtful. planned_from and
    planned_until are the days that an import asked for, until it is published. source_url is the
    address that it was read from, when it was imported.
    """

    __tablename__ = "boundary_sets"
    __table_args__ = (
        UniqueConstraint("id", "layer_id"),  # target of foreign keys within a layer
        CheckConstraint("in_force_until >= in_force_from", name="dates_in_order"),
        CheckConstraint("asked_until > in_force_from", name="asked_dates_in_order"),
        CheckConstraint(
            "(published_at IS NULL) = (in_force_from IS NULL)", name="published_from_a_day"
        ),
        CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name="published_by_someone"
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_someone"
        ),
        CheckConstraint(
            "despite <> '' AND published_at IS NOT NULL OR despite IS NULL",
            name="despite_for_a_reason",
        ),
        CheckConstraint("planned_until > planned_from", name="planned_dates_in_order"),
        CheckConstraint("source_url ~ '^https?://'", name="source_url_form"),
        ExcludeConstraint(
            (text("layer_id"), "="),
            (func.daterange(text("in_force_from"), text("in_force_until")), "&&"),
            name="ex_boundary_sets_one_in_force",
            using="gist",
            where="published_at IS NOT NULL AND withdrawn_at IS NULL",
            # Deferred, so that days can be shifted from one set to the next in one transaction.
            deferrable=True,
            initially="DEFERRED",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("boundary_layers.id"))
    in_force_from: Mapped[date | None]
    in_force_until: Mapped[date | None]
    asked_until: Mapped[date | None]
    source: Mapped[str]
    license: Mapped[str]
    vintage: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    carry_over: Mapped[bool]
    despite: Mapped[str | None]
    planned_from: Mapped[date | None]
    planned_until: Mapped[date | None]
    source_url: Mapped[str | None]


class Boundary(Base):
    """A boundary, such as a ward. position is its rank by code in natural order."""

    __tablename__ = "boundaries"
    __table_args__ = (
        UniqueConstraint("set_id", "code"),
        UniqueConstraint("set_id", "position"),
        UniqueConstraint("id", "layer_id"),  # target of foreign keys within a layer
        ForeignKeyConstraint(
            ["set_id", "layer_id"], ["boundary_sets.id", "boundary_sets.layer_id"]
        ),
        CheckConstraint("code <> ''", name="code_not_empty"),
        CheckConstraint("ST_IsValid(geometry) AND NOT ST_IsEmpty(geometry)", name="geometry_valid"),
        Index("ix_boundaries_geometry", "geometry", postgresql_using="gist"),
        # Through btree_gist, so that no boundary of another city or day is looked at.
        Index("ix_boundaries_of_set", "set_id", "geometry", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int]
    layer_id: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    geometry: Mapped[WKBElement] = mapped_column(multipolygon_column())


class BoundaryEdge(Base):
    """A part of the outline of a boundary. Distances to it are in meters on the ellipsoid."""

    __tablename__ = "boundary_edges"
    __table_args__ = (
        # Through btree_gist, so that one search finds what is nearest within a set: by degrees
        # first, then by meters.
        Index(
            "ix_boundary_edges_nearest",
            "set_id",
            text("((edge)::geometry)"),
            postgresql_using="gist",
        ),
        Index("ix_boundary_edges_within", "set_id", "edge", postgresql_using="gist"),
        Index("ix_boundary_edges_boundary", "boundary_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    boundary_id: Mapped[int] = mapped_column(ForeignKey("boundaries.id", ondelete="CASCADE"))
    set_id: Mapped[int] = mapped_column(ForeignKey("boundary_sets.id", ondelete="CASCADE"))
    edge: Mapped[WKBElement] = mapped_column(
        Geography("LINESTRING", srid=WGS84, spatial_index=False)
    )
