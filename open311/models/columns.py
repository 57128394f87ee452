"""Column types that several tables share."""

from geoalchemy2 import Geometry
from sqlalchemy import Computed

from open311.models.grid import FINEST_LEVEL, WORLD_BITS

WGS84 = 4326
"""SRID of every geometry column: degrees of longitude (x) and latitude (y) on WGS 84."""


def point_column() -> Geometry:
    """Return the column type for points. The table declares the index."""
    return Geometry("POINT", srid=WGS84, spatial_index=False)


def multipolygon_column() -> Geometry:
    """Return the column type for areas, always MultiPolygons so that readers handle one type."""
    return Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False)


def cell_column(axis: str) -> Computed:
    """Return the computed column or row of a location (axis x or y) among the cells of the map."""
    place = f"(grid_{axis}(location) >> {WORLD_BITS - FINEST_LEVEL})::integer"
    return Computed(place, persisted=True)
