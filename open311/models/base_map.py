"""The base map and the aerial photos of a city."""

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

_WEB = "~ '^https?://'"


class BaseMap(Base):
    """What a city set for its maps. A city without a row has what the settings of the server say.

    address is that of a MapLibre style or a PMTiles archive elsewhere. file is the name of an
    uploaded archive in the store of photos. Without both, the base map is that of the settings.
    origins are others that the style loads from. aerial_tiles is a template with {z}, {x}, and {y};
    if it is empty, the aerial photos are those of the settings.
    """

    __tablename__ = "base_maps"
    __table_args__ = (
        CheckConstraint("file IS NULL OR address = ''", name="one_source"),
        CheckConstraint("file ~ '^[0-9a-f]{32}[.]pmtiles$'", name="file_form"),
        CheckConstraint(f"address = '' OR address {_WEB}", name="address_form"),
        CheckConstraint(f"aerial_tiles = '' OR aerial_tiles {_WEB}", name="aerial_form"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    address: Mapped[str]
    file: Mapped[str | None]
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text))
    attribution: Mapped[str]
    aerial_tiles: Mapped[str]
    aerial_attribution: Mapped[str]
