"""Column types and conditions that several tables share."""

from geoalchemy2 import Geometry
from sqlalchemy import Computed

from open311.models.grid import FINEST_LEVEL, WORLD_BITS
from schemas.vocabulary.notices import CHOICES

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


def is_address(column: str) -> str:
    """Return the condition that a column is an email address in lower case."""
    return f"{column} = lower({column}) AND position('@' in {column}) > 1"


def choices_known(events: tuple[str, ...]) -> str:
    """Return the condition that a column notices has choices of these events alone."""
    values = ", ".join(f'"{one}"' for one in CHOICES)
    return (
        f"jsonb_typeof(notices) = 'object' AND notices - ARRAY{list(events)}::text[] = '{{}}' "
        f"AND jsonb_path_query_array(notices, '$.*') <@ '[{values}]'"
    )
