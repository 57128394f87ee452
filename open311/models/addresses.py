"""Address registers of cities, and their address points."""

from datetime import datetime

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import WGS84


class AddressRegister(Base):
    """The file from which a jurisdiction's addresses were imported; one per jurisdiction."""

    __tablename__ = "address_registers"
    __table_args__ = (CheckConstraint("imported_by <> ''", name="imported_by_someone"),)

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    source: Mapped[str]
    license: Mapped[str]
    vintage: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]


class AddressPoint(Base):
    """A house or an apartment. Distances from its location are in meters on the ellipsoid.

    address is for display. number_words, street_words, and words are normalized by geo.addresses,
    as searches are. words contains all words, with a space before each. number_value is the number
    at the start of the house number, for sorting.
    """

    __tablename__ = "address_points"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "address_id"),
        CheckConstraint("address_id <> ''", name="id_not_empty"),
        CheckConstraint("address <> ''", name="address_not_empty"),
        # The order of lists, which also finds a house by its street and number.
        Index(
            "ix_address_points_houses",
            "jurisdiction_id",
            "street_words",
            "number_value",
            "number_words",
            "unit",
            "id",
        ),
        Index(
            "ix_address_points_words",
            "words",
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        ),
        # Through btree_gist, so that the nearest are found within a jurisdiction.
        Index("ix_address_points_nearest", "jurisdiction_id", "location", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(
        ForeignKey("address_registers.jurisdiction_id", ondelete="CASCADE")
    )
    address_id: Mapped[str]
    address: Mapped[str]
    number_words: Mapped[str]
    number_value: Mapped[int] = mapped_column(BigInteger)
    street_words: Mapped[str]
    unit: Mapped[str]
    city: Mapped[str]
    zipcode: Mapped[str]
    words: Mapped[str]
    location: Mapped[WKBElement] = mapped_column(
        Geography("POINT", srid=WGS84, spatial_index=False)
    )
