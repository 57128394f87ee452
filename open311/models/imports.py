"""Imports from another GeoReport server: progress and the ids used there."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class ImportProgress(Base):
    """Progress of an unfinished import from one endpoint; deleted when it is finished.

    Requests submitted from requested_from, the start of the import, to done_until are imported.
    """

    __tablename__ = "import_progress"
    __table_args__ = (CheckConstraint("done_until >= requested_from", name="done_after_begin"),)

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    requested_from: Mapped[datetime]
    done_until: Mapped[datetime]


class FormerId(Base):
    """The id that a service request had at the server it was imported from.

    seen_at is when an import last read it there; NULL if that was before this was kept.
    """

    __tablename__ = "former_ids"
    __table_args__ = (
        CheckConstraint("former_id <> ''", name="former_id_not_empty"),
        Index("ix_former_ids_former_id", "jurisdiction_id", "former_id"),
        Index("ix_former_ids_service_request_pk", "service_request_pk"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    former_id: Mapped[str] = mapped_column(primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    seen_at: Mapped[datetime | None]
