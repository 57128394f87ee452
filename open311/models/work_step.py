"""WorkStep: what staff did about a service request, and what they noted, for staff alone."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

WORK_STEPS = ("noted", "assigned", "released", "linked", "unlinked", "waits", "resumed")


class WorkStep(Base):
    """One step that the public does not see. Steps are only ever added: a trigger sees to it.

    kind is one of WORK_STEPS. text is the note, whom it was assigned to, or the id of the service
    request that it was linked to as a duplicate.
    """

    __tablename__ = "work_steps"
    __table_args__ = (
        CheckConstraint(f"kind IN {WORK_STEPS}", name="kind_known"),
        CheckConstraint(
            "text <> '' OR kind NOT IN ('noted', 'assigned', 'linked')", name="says_what"
        ),
        CheckConstraint("made_by <> ''", name="made_by_someone"),
        Index("ix_work_steps_service_request", "service_request_pk", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    kind: Mapped[str]
    text: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
