"""Tags of a city, and of its service requests. Only staff read them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.tags import TAG_LIMIT


class Tag(Base):
    """A tag, as normal_tag writes it. It stays when no request has it, to be offered again."""

    __tablename__ = "tags"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "name"),
        CheckConstraint(
            "name IS NFC NORMALIZED AND name = lower(btrim(name)) AND name !~ '  |[[:cntrl:],]' "
            f"AND char_length(name) BETWEEN 1 AND {TAG_LIMIT}",
            name="name_form",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]


class RequestTag(Base):
    """A tag of a service request, of the same city."""

    __tablename__ = "request_tags"
    __table_args__ = (Index("ix_request_tags_tag", "tag_id", "service_request_pk"),)

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
