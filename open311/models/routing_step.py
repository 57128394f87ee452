"""RoutingStep and CarryOver: how a service request came from one department to the next."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

ROUTING_STEPS = (
    "accepted",
    "handed_over",
    "moved",
    "service_changed",
    "carried_over",
    "undone",
    "pinned",
    "unpinned",
)


class CarryOver(Base):
    """One run in which service requests were routed again in bulk, as after a new ward map.

    boundary_set_id is the set whose publishing it followed, if it followed one.
    """

    __tablename__ = "carry_overs"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_someone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    boundary_set_id: Mapped[int | None] = mapped_column(ForeignKey("boundary_sets.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class RoutingStep(Base):
    """One step after the first routing. Steps are only ever added: a trigger sees to it.

    kind is one of ROUTING_STEPS. reason is why, in words: those of whoever handed it over, or
    those of the routing. before holds what the step replaced, for who undoes it.
    """

    __tablename__ = "routing_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "from_department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "to_department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        CheckConstraint(f"kind IN {ROUTING_STEPS}", name="kind_known"),
        CheckConstraint("kind <> 'handed_over' OR reason <> ''", name="handed_over_with_reason"),
        CheckConstraint(
            "kind <> 'handed_over' OR from_department_id <> to_department_id",
            name="handed_over_to_another",
        ),
        CheckConstraint("made_by <> ''", name="made_by_someone"),
        Index("ix_routing_steps_service_request", "service_request_pk", "id"),
        Index("ix_routing_steps_time", "jurisdiction_id", "made_at", "id"),
        Index("ix_routing_steps_carry_over", "carry_over_id", "service_request_pk"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    jurisdiction_id: Mapped[str]
    kind: Mapped[str]
    from_department_id: Mapped[int]
    to_department_id: Mapped[int]
    from_rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    to_rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    reason: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    carry_over_id: Mapped[int | None] = mapped_column(ForeignKey("carry_overs.id"))
