"""ApiKey: who may post."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class ApiKey(Base):
    """Permission to post in one jurisdiction. Only the SHA-256 of the key is stored.

    staff keys also read what only staff may, such as why a report went where it went.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(
            "uq_api_keys_name_in_use",
            "jurisdiction_id",
            "name",
            unique=True,
            postgresql_where="revoked_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    staff: Mapped[bool]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
