"""What someone wants to get emails about."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo.coordinates import Point


@dataclass(frozen=True, kw_only=True)
class AlertWish:
    """An alert as it was asked for; the fields are those of the table (models/alerts.py).

    area is in degrees on WGS 84, x first.
    """

    place: str
    about: str
    rhythm: str
    boundary_layer: str = ""
    boundary_code: str = ""
    area: BaseGeometry | None = None
    center: Point | None = None
    meters: float | None = None
    address: str = ""
    services: Sequence[str] = ()
