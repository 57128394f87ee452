"""Reporter: what is known of the one who reported."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class Reporter(Base):
    """Who reported. No public query touches this table."""

    __tablename__ = "reporters"

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str]
    device_id: Mapped[str]
    account_id: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    phone: Mapped[str]
