"""StatusChange: the status history of service requests, and the statuses there are."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

STATUSES = ("open", "closed")

OPEN_STATUSES = (
    "open",
    "for_triage",
    "investigating",
    "planned",
    "action_scheduled",
    "in_progress",
)
CLOSED_STATUSES = (
    "closed",
    "fixed",
    "no_further_action",
    "not_councils_responsibility",
    "duplicate",
    "internal_referral",
    "cancelled",
)
"""The detailed statuses that FixMyStreet knows (spec 5.6), by what the standard makes of them."""

DETAILED_STATUS_KNOWN = (
    f"CASE status WHEN 'open' THEN detailed_status IN {OPEN_STATUSES} "
    f"ELSE detailed_status IN {CLOSED_STATUSES} END"
)


class StatusChange(Base):
    """One step in a service request's life. Steps are only ever added: a trigger sees to it.

    opening marks the step that each service request begins with. made_by is the member of staff who
    made it, if one did; it is for staff alone.
    """

    __tablename__ = "status_changes"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status_known"),
        CheckConstraint(DETAILED_STATUS_KNOWN, name="detailed_status_known"),
        Index("ix_status_changes_latest", "service_request_pk", "changed_at", "id"),
        Index("ix_status_changes_time", "changed_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    status: Mapped[str]
    detailed_status: Mapped[str]
    status_notes: Mapped[str]
    changed_at: Mapped[datetime]
    opening: Mapped[bool]
    made_by: Mapped[str | None]
