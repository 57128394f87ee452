"""Column types that several tables share."""

from geoalchemy2 import Geometry

WGS84 = 4326
"""SRID of every geometry column: degrees of longitude (x) and latitude (y) on WGS 84."""


def point_column() -> Geometry:
    """Return the column type for points. The table declares the index."""
    return Geometry("POINT", srid=WGS84, spatial_index=False)


def multipolygon_column() -> Geometry:
    """Return the column type for areas, always MultiPolygons so that readers handle one type."""
    return Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False)
