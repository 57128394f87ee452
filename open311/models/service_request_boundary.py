"""ServiceRequestBoundary: where a service request lies in each layer, and what is next to it."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class ServiceRequestBoundary(Base):
    """The one boundary of a layer that a service request lies in, by the map of its day.

    neighbour_id is the nearest other boundary of the layer, neighbour_metres its distance, 0 on a
    shared edge; near tells that this is less than the place is accurate. A place outside of all
    boundaries of a layer has a neighbour alone, a layer of one boundary none.
    """

    __tablename__ = "service_request_boundaries"
    __table_args__ = (
        ForeignKeyConstraint(["boundary_id", "layer_id"], ["boundaries.id", "boundaries.layer_id"]),
        ForeignKeyConstraint(
            ["neighbour_id", "layer_id"], ["boundaries.id", "boundaries.layer_id"]
        ),
        CheckConstraint(
            "boundary_id IS NOT NULL OR neighbour_id IS NOT NULL", name="somewhere_or_near"
        ),
        CheckConstraint(
            "(neighbour_id IS NULL) = (neighbour_metres IS NULL)", name="neighbour_has_distance"
        ),
        CheckConstraint("neighbour_metres >= 0", name="distance_not_negative"),
        CheckConstraint("NOT near OR neighbour_id IS NOT NULL", name="near_what"),
        Index("ix_service_request_boundaries_boundary", "boundary_id", "service_request_pk"),
    )

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    layer_id: Mapped[int] = mapped_column(primary_key=True)
    boundary_id: Mapped[int | None]
    neighbour_id: Mapped[int | None]
    neighbour_metres: Mapped[float | None]
    near: Mapped[bool]
