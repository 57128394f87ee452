"""The files of open data of each city."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.file_formats import OPEN_DATA_CODES


class DataFile(Base):
    """The current file of a format. name is a new one each time, so that its content never changes.

    rows are its requests, and made_at is when they were read.
    """

    __tablename__ = "data_files"
    __table_args__ = (CheckConstraint(f"format IN {OPEN_DATA_CODES}", name="format_known"),)

    jurisdiction_id: Mapped[str] = mapped_column(
        ForeignKey("jurisdictions.id", ondelete="CASCADE"), primary_key=True
    )
    format: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int]
    made_at: Mapped[datetime]
