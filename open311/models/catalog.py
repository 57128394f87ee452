"""Departments, services, and their questions."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import choices_known, is_address
from schemas.vocabulary.datatypes import AUTOMATED, DATATYPE_CODES
from schemas.vocabulary.notices import USUAL_OF_DEPARTMENTS
from schemas.vocabulary.priorities import NORMAL, PRIORITIES


class Department(Base):
    """A department of a jurisdiction, identified by a code.

    What is routed to it is forwarded to the foreign endpoint, if it has one.
    email is its mailbox, if emails go there; notices are choices of USUAL_OF_DEPARTMENTS.
    position is its place in lists; those without one follow by name.
    """

    __tablename__ = "departments"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        UniqueConstraint("jurisdiction_id", "id"),  # target of foreign keys within a jurisdiction
        ForeignKeyConstraint(
            ["jurisdiction_id", "foreign_endpoint_id"],
            ["foreign_endpoints.jurisdiction_id", "foreign_endpoints.id"],
        ),
        CheckConstraint("code <> '' AND name <> ''", name="named"),
        CheckConstraint(is_address("email"), name="email_form"),
        CheckConstraint(choices_known(tuple(USUAL_OF_DEPARTMENTS)), name="notices_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    code: Mapped[str]
    name: Mapped[str]
    foreign_endpoint_id: Mapped[int | None]
    email: Mapped[str | None]
    notices: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    position: Mapped[int | None]


SERVICE_TYPES = ("realtime", "batch", "blackbox")


class Service(Base):
    """A service that residents can request. It has metadata if it has attributes.

    On the website: is_on_site offers it there; duplicate_meters is the distance within which an
    open request may be about the same problem; looked_at_first holds each report until staff have
    published it; urgent_text and urgent_phone are for what should not wait for a report;
    needs_contact asks for a way to reach the requester; reopen_days replaces those of the
    jurisdiction.

    default_priority is that of new requests, one of PRIORITIES, for staff only. position is its
    place in lists within its group, whose place is that of its first service; those without one
    follow by name.
    """

    __tablename__ = "services"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "service_code"),
        UniqueConstraint("jurisdiction_id", "id"),  # target of foreign keys within a jurisdiction
        CheckConstraint(f"type IN {SERVICE_TYPES}", name="type_known"),
        CheckConstraint("service_code <> '' AND service_name <> ''", name="named"),
        CheckConstraint("expected_days > 0", name="expected_days_positive"),
        CheckConstraint("duplicate_meters >= 0", name="duplicate_meters_counted"),
        CheckConstraint("reopen_days >= 0", name="reopen_days_counted"),
        CheckConstraint(f"default_priority IN {PRIORITIES}", name="default_priority_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    service_code: Mapped[str]
    service_name: Mapped[str]
    description: Mapped[str]
    group: Mapped[str]
    keywords: Mapped[str]
    type: Mapped[str]
    expected_days: Mapped[float | None]
    service_notice: Mapped[str]
    active: Mapped[bool]
    is_on_site: Mapped[bool] = mapped_column(server_default=true())
    duplicate_meters: Mapped[int] = mapped_column(server_default="50")
    looked_at_first: Mapped[bool] = mapped_column(server_default=false())
    urgent_text: Mapped[str] = mapped_column(server_default="")
    urgent_phone: Mapped[str] = mapped_column(server_default="")
    needs_contact: Mapped[bool] = mapped_column(server_default=false())
    reopen_days: Mapped[int | None]
    default_priority: Mapped[str] = mapped_column(server_default=NORMAL)
    position: Mapped[int | None]


class ServiceAttribute(Base):
    """A question of a service; with variable=False, a sentence to show instead.

    automated, one of AUTOMATED or empty, is for questions that apps answer and residents do not.
    """

    __tablename__ = "service_attributes"
    __table_args__ = (
        UniqueConstraint("service_id", "code"),
        # Deferred, so that two questions can change places in one transaction.
        UniqueConstraint("service_id", "order", deferrable=True, initially="DEFERRED"),
        CheckConstraint(f"datatype IN {DATATYPE_CODES}", name="datatype_known"),
        CheckConstraint('"order" > 0', name="order_positive"),
        CheckConstraint("code <> ''", name="code_not_empty"),
        CheckConstraint(f"automated IN {('', *AUTOMATED)}", name="automated_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    code: Mapped[str]
    datatype: Mapped[str]
    required: Mapped[bool]
    variable: Mapped[bool]
    order: Mapped[int]
    description: Mapped[str]
    datatype_description: Mapped[str]
    automated: Mapped[str] = mapped_column(server_default="")


class AttributeValue(Base):
    """One option of a list question; position is the order in which options are shown."""

    __tablename__ = "attribute_values"
    __table_args__ = (
        UniqueConstraint("attribute_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("key <> ''", name="key_not_empty"),
    )

    attribute_id: Mapped[int] = mapped_column(
        ForeignKey("service_attributes.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[int]
