"""Spatial conditions: boxes, circles, and areas. Degrees on WGS 84, meters."""

from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Float, and_, func, or_

from geo.coordinates import Box, Point


def is_in_box(geometry: Any, box: Box) -> ColumnElement[bool]:
    """Return the condition that a column of geometries touches a box, its edges included."""
    return touches(geometry, box.diagonals)


def touches(geometry: Any, diagonals: Sequence[Any]) -> ColumnElement[bool]:
    """Return the same for a box in the form of its diagonals, as EWKT or as parameters for it."""
    return or_(*(func.ST_Intersects(geometry, area) for area in _areas(diagonals)))


def is_in_area(geometry: Any, area: BaseGeometry) -> ColumnElement[bool]:
    """Return the condition that a column of geometries touches an area."""
    found: ColumnElement[bool] = func.ST_Intersects(
        geometry, func.ST_GeomFromWKB(shapely.to_wkb(area), 4326)
    )
    return found


def is_within(geometry: Any, center: Point, meters: float) -> ColumnElement[bool]:
    """Return the condition that a column of geometries is within meters of a point.

    Meters are on the ellipsoid.

    The index contains boxes only; rows in the box are measured. PostgreSQL estimates that a third
    of them match this form, while it expects ST_DWithin to match almost none.
    """
    return is_near(geometry, Box.around(center, meters).diagonals, center.ewkt, meters)


def is_near(
    geometry: Any, diagonals: Sequence[Any], center: Any, meters: Any
) -> ColumnElement[bool]:
    """Return the same for values or parameters: the box around, the center as EWKT, and meters."""
    near = or_(*(geometry.op("&&")(area) for area in _areas(diagonals)))
    return and_(near, meters_from(geometry, center) <= meters)


def meters_from(geometry: Any, center: Any) -> ColumnElement[float]:
    """Return the distance of a column of geometries from a point in meters on the ellipsoid.

    center is EWKT, or a parameter for it.
    """
    there = func.ST_GeogFromText(center)
    return func.ST_Distance(func.geography(geometry), there, type_=Float())


def _areas(diagonals: Sequence[Any]) -> list[ColumnElement[Any]]:
    return [func.ST_Envelope(func.ST_GeomFromEWKT(diagonal)) for diagonal in diagonals]
