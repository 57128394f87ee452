"""Maps whose coordinates were read in the wrong unit: feet as meters, or meters as feet."""

from collections.abc import Iterator

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.notices import Notice

_FEET = (" (ftUS)", " (ft)")
"""Ends of the EPSG names of systems in feet; those of the same systems in meters have none."""

_USUAL = "NAD83 / "
"""Systems of other realizations of a datum differ by a meter or two; this one is named first."""

_DEGREES = CRS.from_epsg(4326)


def read_in_wrong_unit(
    shape: BaseGeometry, service_area: MultiPolygon, least_share: float
) -> Notice | None:
    """Return what is wrong if a shape, read in the other unit, is at the service area.

    Both are in degrees on WGS 84. least_share is that of the smaller one which they then have in
    common.
    """
    for meters, feet in _pairs(service_area):
        for key, used, right in (
            ("map.feet_as_meters", meters, feet),
            ("map.meters_as_feet", feet, meters),
        ):
            if _fits(shape, service_area, (used, right), least_share):
                name = CRS.from_epsg(right).name
                return Notice(key, {"crs": f"EPSG:{right}", "name": name})
    return None


def _pairs(service_area: MultiPolygon) -> Iterator[tuple[int, int]]:
    """Yield the EPSG codes of systems around a place that exist in meters and in feet."""
    infos = query_crs_info(
        auth_name="EPSG",
        pj_types=PJType.PROJECTED_CRS,
        area_of_interest=AreaOfInterest(*service_area.bounds),
    )
    codes = {one.name: int(one.code) for one in infos}
    for name in sorted(codes, key=lambda one: (not one.startswith(_USUAL), one)):
        for end in _FEET:
            if name + end in codes:
                yield codes[name], codes[name + end]


def _fits(
    shape: BaseGeometry, service_area: MultiPolygon, systems: tuple[int, int], least_share: float
) -> bool:
    """Return whether a shape, with coordinates of one system read as another's, is at a place."""
    used, right = systems
    to_numbers = Transformer.from_crs(_DEGREES, CRS.from_epsg(used), always_xy=True)
    to_degrees = Transformer.from_crs(CRS.from_epsg(right), _DEGREES, always_xy=True)

    def moved(points: np.ndarray) -> np.ndarray:
        x, y = to_numbers.transform(points[:, 0], points[:, 1])
        return np.column_stack(to_degrees.transform(x, y))

    corners = shapely.transform(shapely.box(*shape.bounds), moved)
    if not np.isfinite(shapely.get_coordinates(corners)).all():
        return False
    if not shapely.intersects(shapely.box(*corners.bounds), service_area):
        return False
    there = shapely.make_valid(shapely.transform(shape, moved))
    common = shapely.intersection(there, service_area).area
    return bool(common >= least_share * min(there.area, service_area.area))
