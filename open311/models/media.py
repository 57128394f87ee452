"""Photos and links of service requests, updates, changes of status, and internal notes."""

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


class NotePhoto(Base):
    """A stored photo of an internal note, for staff only.

    It is no row of media, so that nothing that the public reads can have it. Its name is random.
    position orders the photos of a note.
    """

    __tablename__ = "note_photos"
    __table_args__ = (
        Index("ix_note_photos_step", "work_step_id", "position"),
        Index("ix_note_photos_service_request", "service_request_pk"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    work_step_id: Mapped[int] = mapped_column(ForeignKey("work_steps.id", ondelete="CASCADE"))
    position: Mapped[int]
