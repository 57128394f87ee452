"""Department: who fixes things; it leaves the API as agency_responsible."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class Department(Base):
    """A department of one jurisdiction, known to its files by a code."""

    __tablename__ = "departments"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        UniqueConstraint("jurisdiction_id", "id"),  # target of foreign keys within a jurisdiction
        CheckConstraint("code <> '' AND name <> ''", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    code: Mapped[str]
    name: Mapped[str]
