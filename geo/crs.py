"""Coordinate systems as OGC API names them, and the order of their axes (OGC 18-058r1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geo.coordinates import to_wgs84

_OGC = "http://www.opengis.net/def/crs/"
_NAME = re.compile(r"(?:http://www\.opengis\.net/def/crs/EPSG/[\d.]+/|\[?EPSG:)(\d{1,6})\]?", re.I)
_PIECES = 100
"""An edge of a box is cut into so many before it is turned into another system, where it bends."""


@dataclass(frozen=True)
class ReferenceSystem:
    """A system by its URI and its number in PostGIS; flipped where its first axis points north."""

    uri: str
    srid: int
    flipped: bool


CRS84 = ReferenceSystem(f"{_OGC}OGC/1.3/CRS84", 4326, False)
"""Longitude and latitude on WGS 84, in this order: what GeoJSON has, and the default of all."""


def reference_system(code: int) -> ReferenceSystem:
    """Give the system of an EPSG code; raises ValueError where there is none on the plane."""
    try:
        axes = CRS.from_epsg(code).axis_info
    except CRSError:
        raise ValueError(f"EPSG:{code} is not known") from None
    if len(axes) != 2:
        raise ValueError(f"EPSG:{code} has not two axes")
    return ReferenceSystem(f"{_OGC}EPSG/0/{code}", code, axes[0].direction.lower() == "north")


def find_system(name: str, known: Iterable[ReferenceSystem]) -> ReferenceSystem | None:
    """Find a system by its URI, or as EPSG:3857; None for one that is not among those known."""
    code = _NAME.fullmatch(name)
    for system in known:
        if system.uri == name or (code and system.uri.endswith(f"EPSG/0/{int(code[1])}")):
            return system
    return None


def into_wgs84(geometry: BaseGeometry, system: ReferenceSystem) -> BaseGeometry:
    """Turn a geometry of a system, its axes in the system's order, into degrees, x first."""
    straight = shapely.transform(geometry, np.fliplr) if system.flipped else geometry
    return to_wgs84(CRS.from_epsg(system.srid))(straight)


def box_into_wgs84(
    x_low: float, y_low: float, x_high: float, y_high: float, system: ReferenceSystem
) -> BaseGeometry:
    """Turn a box, its axes in the system's order, into an area in degrees on WGS 84."""
    box = shapely.box(x_low, y_low, x_high, y_high)
    longest = max(x_high - x_low, y_high - y_low)
    return into_wgs84(shapely.segmentize(box, longest / _PIECES) if longest else box, system)
