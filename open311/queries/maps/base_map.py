"""The base map that a city set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import BaseMap


@dataclass(frozen=True, kw_only=True)
class BaseMapInfo:
    """As in BaseMap. Nothing in it changes."""

    address: str = ""
    file: str | None = None
    origins: Sequence[str] = ()
    attribution: str = ""
    aerial_tiles: str = ""
    aerial_attribution: str = ""


SERVERS = BaseMapInfo()
"""That of a city which has set nothing: the settings of the server apply."""


def find_base_map(jurisdiction_id: str) -> BaseMapInfo:
    """Return what a city set; SERVERS if it has set nothing."""
    statement = select(*_COLUMNS).where(BaseMap.jurisdiction_id == jurisdiction_id)
    row = db.session.execute(statement).one_or_none()
    return SERVERS if row is None else BaseMapInfo(**row._mapping)


_COLUMNS: list[Any] = [one for one in BaseMap.__table__.columns if one.name != "jurisdiction_id"]
