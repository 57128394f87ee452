"""Column types that several tables share."""

from geoalchemy2 import Geometry

WGS84 = 4326
"""SRID of every geometry column: degrees of longitude (x) and latitude (y) on WGS 84."""


def point_column() -> Geometry:
    """Type of a column for points. Its index is declared with the table's other indexes."""
    return Geometry("POINT", srid=WGS84, spatial_index=False)


def multipolygon_column() -> Geometry:
    """Type of a column for areas, always MultiPolygons so that no reader has to tell them apart."""
    return Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False)
