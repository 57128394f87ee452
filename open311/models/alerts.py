"""Alerts: emails for anyone about new or closed service requests in a part of the city."""

from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import multipolygon_column, point_column
from schemas.vocabulary.alerts import (
    ALERT_EVENTS,
    ALERT_PLACES,
    ALERT_RHYTHMS,
    ALERT_STATES,
    ALERT_SUBJECTS,
)
from schemas.vocabulary.languages import LANGUAGES


class Alert(Base):
    """The wish of a contact to get emails about service requests somewhere.

    place is one of ALERT_PLACES. A boundary is named by the codes of its layer and of its own, so
    that it moves with a new version of the layer. area is what was drawn, or the circle of meters
    around center. address is that of the center in the register of addresses, if it has one: what
    anyone may type is not stored, as it would be sent to an address that anyone may type.

    services are codes; none means all. about is one of ALERT_SUBJECTS, and rhythm one of
    ALERT_RHYTHMS. What happened before begun_at does not count; it is the time of the confirmation,
    or of the end of a pause. token_hash is the SHA-256 of the token of its secret link, which is
    derived from its id (open311/secret_links.py).
    """

    __tablename__ = "alerts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "contact_id"],
            ["contacts.jurisdiction_id", "contacts.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(f"place IN {ALERT_PLACES}", name="place_known"),
        CheckConstraint(
            "(place = 'boundary') = (boundary_layer <> '') "
            "AND (boundary_layer = '') = (boundary_code = '')",
            name="boundary_of_its_place",
        ),
        CheckConstraint(
            "(place IN ('area', 'circle')) = (area IS NOT NULL)", name="area_of_its_place"
        ),
        CheckConstraint(
            "(place = 'circle') = (center IS NOT NULL) AND (center IS NULL) = (meters IS NULL)",
            name="circle_is_whole",
        ),
        CheckConstraint("meters > 0", name="meters_positive"),
        CheckConstraint("ST_IsValid(area) AND NOT ST_IsEmpty(area)", name="area_valid"),
        CheckConstraint("address = '' OR place = 'circle'", name="address_of_a_circle"),
        CheckConstraint("array_position(services, NULL) IS NULL", name="services_named"),
        CheckConstraint(f"about IN {tuple(ALERT_SUBJECTS)}", name="about_known"),
        CheckConstraint(f"rhythm IN {tuple(ALERT_RHYTHMS)}", name="rhythm_known"),
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(f"state IN {ALERT_STATES}", name="state_known"),
        CheckConstraint("length(token_hash) = 32", name="hashed"),
        CheckConstraint(
            "state NOT IN ('on', 'paused') OR begun_at IS NOT NULL", name="on_since_when"
        ),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when"),
        Index("ix_alerts_area", "area", postgresql_using="gist", postgresql_where="state = 'on'"),
        Index(
            "ix_alerts_boundary",
            "jurisdiction_id",
            "boundary_layer",
            "boundary_code",
            postgresql_where="state = 'on' AND place = 'boundary'",
        ),
        Index(
            "ix_alerts_city",
            "jurisdiction_id",
            postgresql_where="state = 'on' AND place = 'city'",
        ),
        Index("ix_alerts_contact", "contact_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    contact_id: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[str]
    boundary_layer: Mapped[str]
    boundary_code: Mapped[str]
    area: Mapped[WKBElement | None] = mapped_column(multipolygon_column(), deferred=True)
    center: Mapped[WKBElement | None] = mapped_column(point_column())
    meters: Mapped[float | None]
    address: Mapped[str]
    services: Mapped[list[str]] = mapped_column(ARRAY(Text))
    about: Mapped[str]
    rhythm: Mapped[str]
    language: Mapped[str]
    state: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AlertItem(Base):
    """A service request that a message of an alert lists: once for each alert and event.

    event is one of ALERT_EVENTS. What turns out not to be true when the message is sent is deleted.
    """

    __tablename__ = "alert_items"
    __table_args__ = (
        CheckConstraint(f"event IN {ALERT_EVENTS}", name="event_known"),
        Index("ix_alert_items_message", "message_id"),
        Index("ix_alert_items_service_request", "service_request_pk"),
    )

    alert_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    event: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("messages.id", ondelete="CASCADE")
    )


class AlertClock(Base):
    """The number of the last change of a city that was compared with its alerts."""

    __tablename__ = "alert_clocks"
    __table_args__ = (CheckConstraint("cursor >= 0", name="cursor_not_negative"),)

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    cursor: Mapped[int] = mapped_column(BigInteger)
