"""The boundaries at service requests."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class ServiceRequestBoundary(Base):
    """The boundary of a layer at a service request, by the boundary sets of its day.

    neighbor_id is the nearest other boundary of the layer, and neighbor_meters its distance, 0 on
    a shared edge. near is true if that is less than the accuracy of the location. A location
    outside all boundaries of a layer has only a neighbor. In a layer with one boundary there is no
    neighbor.
    """

    __tablename__ = "service_request_boundaries"
    __table_args__ = (
        ForeignKeyConstraint(["boundary_id", "layer_id"], ["boundaries.id", "boundaries.layer_id"]),
        ForeignKeyConstraint(["neighbor_id", "layer_id"], ["boundaries.id", "boundaries.layer_id"]),
        CheckConstraint(
            "boundary_id IS NOT NULL OR neighbor_id IS NOT NULL", name="somewhere_or_near"
        ),
        CheckConstraint(
            "(neighbor_id IS NULL) = (neighbor_meters IS NULL)", name="neighbor_has_distance"
        ),
        CheckConstraint("neighbor_meters >= 0", name="distance_not_negative"),
        CheckConstraint("NOT near OR neighbor_id IS NOT NULL", name="near_what"),
        Index("ix_service_request_boundaries_boundary", "boundary_id", "service_request_pk"),
    )

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    layer_id: Mapped[int] = mapped_column(primary_key=True)
    boundary_id: Mapped[int | None]
    neighbor_id: Mapped[int | None]
    neighbor_meters: Mapped[float | None]
    near: Mapped[bool]
