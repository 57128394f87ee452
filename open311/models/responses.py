"""Response templates of a city: a status with its notes, which staff fill in with one choice."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.responses import INTERNAL_LIMIT, NAME_LIMIT, NOTE_LIMIT
from schemas.vocabulary.statuses import DETAILED_STATUSES


class ResponseTemplate(Base):
    """A template, listed by position. It is for all services unless it names some.

    Without detailed_status, it is one of internal notes, or asks the requester. version counts its
    changes.
    """

    __tablename__ = "response_templates"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "name"),
        UniqueConstraint("jurisdiction_id", "id"),  # target of foreign keys within a jurisdiction
        CheckConstraint(f"name ~ '[^\\s]' AND length(name) <= {NAME_LIMIT}", name="named"),
        CheckConstraint(f"detailed_status IN {DETAILED_STATUSES}", name="detailed_status_known"),
        CheckConstraint(f"length(internal_note) <= {INTERNAL_LIMIT}", name="note_limited"),
        CheckConstraint(
            "detailed_status IS NOT NULL OR internal_note <> '' OR asks", name="changes_something"
        ),
        CheckConstraint(
            "NOT asks OR (detailed_status IS NULL AND internal_note = '')", name="asks_alone"
        ),
        CheckConstraint("version > 0", name="version_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]
    position: Mapped[int]
    detailed_status: Mapped[str | None]
    internal_note: Mapped[str]
    version: Mapped[int]
    asks: Mapped[bool] = mapped_column(server_default=false())


class ResponseNote(Base):
    """The public note of a template in a language."""

    __tablename__ = "response_notes"
    __table_args__ = (
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(f"note <> '' AND length(note) <= {NOTE_LIMIT}", name="note_limited"),
    )

    template_id: Mapped[int] = mapped_column(
        ForeignKey("response_templates.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str]


class ResponseService(Base):
    """A service that a template is for."""

    __tablename__ = "response_services"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "template_id"],
            ["response_templates.jurisdiction_id", "response_templates.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"], ["services.jurisdiction_id", "services.id"]
        ),
        Index("ix_response_services_service", "service_id", "template_id"),
    )

    jurisdiction_id: Mapped[str]
    template_id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(primary_key=True)
