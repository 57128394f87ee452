"""Coordinate reference systems named as in OGC API, and their axis order (OGC 18-058r1)."""

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
"""Segments per edge of a box before it is transformed, since edges become curves."""


@dataclass(frozen=True)
class ReferenceSystem:
    """A reference system: its URI and its PostGIS SRID; flipped if its first axis points north."""

    uri: str
    srid: int
    flipped: bool


CRS84 = ReferenceSystem(f"{_OGC}OGC/1.3/CRS84", 4326, False)
"""Longitude and latitude on WGS 84, in this order: the system of GeoJSON, and the default."""


def reference_system(code: int) -> ReferenceSystem:
    """Return the system of an EPSG code; raise ValueError if it is not a two-dimensional system."""
    try:
        axes = CRS.from_epsg(code).axis_info
    except CRSError:
        raise ValueError(f"EPSG:{code} does not exist") from None
    if len(axes) != 2:
        raise ValueError(f"EPSG:{code} does not have two axes")
    return ReferenceSystem(f"{_OGC}EPSG/0/{code}", code, axes[0].direction.lower() == "north")


def find_system(name: str, known: Iterable[ReferenceSystem]) -> ReferenceSystem | None:
    """Return the system with a URI or a name such as EPSG:3857; None if it is not in known."""
    code = _NAME.fullmatch(name)
    for system in known:
        if system.uri == name or (code and system.uri.endswith(f"EPSG/0/{int(code[1])}")):
            return system
    return None


def into_wgs84(geometry: BaseGeometry, system: ReferenceSystem) -> BaseGeometry:
    """Transform a geometry, its axes in the system's order, to WGS 84 degrees, x first."""
    straight = shapely.transform(geometry, np.fliplr) if system.flipped else geometry
    return to_wgs84(CRS.from_epsg(system.srid))(straight)


def box_into_wgs84(
    x_low: float, y_low: float, x_high: float, y_high: float, system: ReferenceSystem
) -> BaseGeometry:
    """Transform a box, its axes in the system's order, to an area in WGS 84 degrees."""
    box = shapely.box(x_low, y_low, x_high, y_high)
    longest = max(x_high - x_low, y_high - y_low)
    return into_wgs84(shapely.segmentize(box, longest / _PIECES) if longest else box, system)
