"""Jurisdictions: the cities on this server."""

from datetime import datetime
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import multipolygon_column
from schemas.vocabulary.units import UNITS


class Jurisdiction(Base):
    """A city. Its id is the jurisdiction_id of the standard.

    Foreign keys to departments are checked at commit, because a city and its departments are
    created together. default_department receives requests that no rule matches. locality is the
    city of addresses that do not name one, as geocoders expect it: Lancaster, Ohio. public_holidays
    selects holidays in addition to the city's own, by the names of the package holidays: US-OH;
    empty for none. units, one of UNITS, are those of distances on pages.
    reopen_days is the number of days after closing in which a request can be reopened; later, a new
    request continues it. anonymize_after_days is the age of closed requests at which personal data
    is erased; NULL for never.
    """

    __tablename__ = "jurisdictions"
    __table_args__ = (
        CheckConstraint("id <> ''", name="id_not_empty"),
        # Fails with an error of its own where the name is no time zone.
        CheckConstraint(
            "timezone(time_zone, timestamp '2000-01-01') IS NOT NULL", name="time_zone_exists"
        ),
        CheckConstraint("contact <> '' AND key_service <> ''", name="reachable"),
        CheckConstraint(f"units IN {UNITS}", name="units_known"),
        CheckConstraint("reopen_days >= 0", name="reopen_days_counted"),
        CheckConstraint("anonymize_after_days > 0", name="anonymized_later"),
        ForeignKeyConstraint(
            ["id", "default_department"],
            ["departments.jurisdiction_id", "departments.code"],
            name="fk_jurisdictions_default_department",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        ForeignKeyConstraint(
            ["id", "outside_department"],
            ["departments.jurisdiction_id", "departments.code"],
            name="fk_jurisdictions_outside_department",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("ix_jurisdictions_service_area", "service_area", postgresql_using="gist"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    contact: Mapped[str]
    key_service: Mapped[str]
    locality: Mapped[str]
    public_holidays: Mapped[str]
    units: Mapped[str]
    reopen_days: Mapped[int]
    anonymize_after_days: Mapped[int | None]
    default_department: Mapped[str]
    outside_department: Mapped[str | None]
    service_area: Mapped[WKBElement | None] = mapped_column(multipolygon_column(), deferred=True)
    service_area_source: Mapped[str]
    catalog_changed_at: Mapped[datetime]


class CityVersion(Base):
    """The version of the catalog, keys, rules, and maps of all cities, in the only row.

    Triggers set a new random one when a transaction that changed one of them is committed.
    feed_epoch is a random text since a backup was restored, after which positions in lists of
    changes no longer hold; empty before the first time.
    """

    __tablename__ = "city_version"
    __table_args__ = (CheckConstraint("is_only", name="one_row"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True)
    version: Mapped[UUID]
    feed_epoch: Mapped[str] = mapped_column(server_default="")
