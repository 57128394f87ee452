"""Actions on many service requests at once, with what each request was before, for undo."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.bulk import BULK_ACTIONS, DONE, ITEM_STATES, KEPT, REFUSED, UNDONE


class BulkChange(Base):
    """One action of BULK_ACTIONS on the service requests of its items.

    fields are those of the action's form. undo_at is the time at which someone asked for the undo,
    and undone_at its end. stopped_user_id is the user who stopped it before it was done.
    """

    __tablename__ = "bulk_changes"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "user_id"], ["users.jurisdiction_id", "users.id"]),
        CheckConstraint(f"action IN {BULK_ACTIONS}", name="action_known"),
        CheckConstraint("jsonb_typeof(fields) = 'object'", name="fields_are_object"),
        CheckConstraint(
            "(undo_at IS NULL) = (undo_user_id IS NULL) "
            "AND (undo_at IS NULL OR finished_at IS NOT NULL)",
            name="undone_when_finished",
        ),
        CheckConstraint(
            "stopped_user_id IS NULL OR finished_at IS NOT NULL", name="stopped_is_finished"
        ),
        CheckConstraint("undone_at IS NULL OR undo_at IS NOT NULL", name="undone_by_someone"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "undo_user_id"], ["users.jurisdiction_id", "users.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "stopped_user_id"], ["users.jurisdiction_id", "users.id"]
        ),
        Index("ix_bulk_changes_newest", "jurisdiction_id", "made_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str]
    user_id: Mapped[int]
    action: Mapped[str]
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    undo_at: Mapped[datetime | None]
    undo_user_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]
    stopped_user_id: Mapped[int | None]


class BulkItem(Base):
    """A service request in a bulk action; seen is its change number when that was confirmed.

    problem says why it was refused or kept: the key of a message and its values. before and after
    are the state of the service request (queries/requests/bulk_state.py), keys and codes alone.
    """

    __tablename__ = "bulk_items"
    __table_args__ = (
        CheckConstraint(f"state IN {ITEM_STATES}", name="state_known"),
        CheckConstraint("seen > 0", name="seen_counted"),
        CheckConstraint(
            f"(state IN ('{REFUSED}', '{KEPT}')) = (problem IS NOT NULL)", name="problem_told"
        ),
        CheckConstraint(
            f"(state IN ('{DONE}', '{UNDONE}', '{KEPT}')) = (before IS NOT NULL) "
            "AND (before IS NULL) = (after IS NULL)",
            name="done_is_known",
        ),
        Index("ix_bulk_items_state", "bulk_change_id", "state", "position"),
        Index("ix_bulk_items_service_request", "service_request_pk"),
    )

    bulk_change_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_changes.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    seen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
