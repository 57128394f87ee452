"""Where service requests are, relative to boxes, circles and areas. Degrees WGS 84, meters."""

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Float, and_, func, or_

from geo.coordinates import Box, Point


def is_in_box(geometry: Any, box: Box) -> ColumnElement[bool]:
    """Return the condition that a column of geometries touches a box, its edges included."""
    return or_(*(func.ST_Intersects(geometry, area) for area in _areas(box)))


def is_in_area(geometry: Any, area: BaseGeometry) -> ColumnElement[bool]:
    """Return the condition that a column of geometries touches an area."""
    found: ColumnElement[bool] = func.ST_Intersects(
        geometry, func.ST_GeomFromWKB(shapely.to_wkb(area), 4326)
    )
    return found


def is_within(geometry: Any, center: Point, meters: float) -> ColumnElement[bool]:
    """Return the condition that a column of geometries is within meters of a point.

    Meters are on the ellipsoid.

    The index knows boxes only. What is in the box is measured; in this form PostgreSQL expects a
    third of it to be near enough, while it takes ST_DWithin for true of hardly any row.
    """
    areas = _areas(Box.around(center, meters))
    near = or_(*(geometry.op("&&")(area) for area in areas))
    return and_(near, meters_from(geometry, center) <= meters)


def meters_from(geometry: Any, center: Point) -> ColumnElement[float]:
    """Return how far a column of geometries is from a point, on the ellipsoid."""
    there = func.ST_GeogFromText(center.ewkt)
    return func.ST_Distance(func.geography(geometry), there, type_=Float())


def _areas(box: Box) -> list[ColumnElement[Any]]:
    return [func.ST_Envelope(func.ST_GeomFromEWKT(diagonal)) for diagonal in box.diagonals]
