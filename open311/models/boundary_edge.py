"""BoundaryEdge: the outlines of boundaries in short pieces, to find the nearest one by."""

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import WGS84


class BoundaryEdge(Base):
    """A piece of the outline of a boundary. Distances to it are in metres on the ellipsoid."""

    __tablename__ = "boundary_edges"
    __table_args__ = (
        # Through btree_gist, so that one search finds what is nearest within a set: by degrees
        # first, then by metres.
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
