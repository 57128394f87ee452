"""The boundaries at service requests."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class ServiceRequestBoundary(Base):
    """The boundary of a layer at a service request, by the boundary sets of its day.

    others are more boundaries of the layer that contain it: in an overlapping layer, it is in all
    of them; in another, it is in an overlap, where boundary_id counts.

    neighbor_id is the nearest boundary of the layer besides, and neighbor_meters its distance, 0 on
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
        CheckConstraint("others = '{}' OR boundary_id IS NOT NULL", name="others_of_a_boundary"),
        Index("ix_service_request_boundaries_boundary", "boundary_id", "service_request_pk"),
        Index(
            "ix_service_request_boundaries_others",
            "others",
            postgresql_using="gin",
            postgresql_where="others <> '{}'",
        ),
    )

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    layer_id: Mapped[int] = mapped_column(primary_key=True)
    boundary_id: Mapped[int | None]
    others: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    neighbor_id: Mapped[int | None]
    neighbor_meters: Mapped[float | None]
    near: Mapped[bool]
