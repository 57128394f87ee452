"""Photos and links of service requests, updates, and changes of status."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class Media(Base):
    """A link that was sent, or a stored photo with a random name.

    position orders the media of a service request. width and height (pixels) and size (bytes) are
    those of the stored photo.
    """

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("(url IS NULL) <> (name IS NULL)", name="link_or_photo"),
        CheckConstraint(
            "(name IS NULL) = (width IS NULL) AND (name IS NULL) = (height IS NULL) "
            "AND (name IS NULL) = (size IS NULL)",
            name="photo_is_measured",
        ),
        CheckConstraint(
            "received_update_id IS NULL OR status_change_id IS NULL",
            name="of_update_or_status_change",
        ),
        Index("uq_media_position", "service_request_pk", "position", unique=True),
        Index("ix_media_received_update", "received_update_id"),
        Index("ix_media_status_change", "status_change_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    received_update_id: Mapped[int | None] = mapped_column(
        ForeignKey("received_updates.id", ondelete="CASCADE")
    )
    status_change_id: Mapped[int | None] = mapped_column(
        ForeignKey("status_changes.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    url: Mapped[str | None]
    name: Mapped[str | None] = mapped_column(unique=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    size: Mapped[int | None]
