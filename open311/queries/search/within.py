"""How places of service requests lie to a box and to a point. Degrees WGS 84, metres."""

from typing import Any

from sqlalchemy import ColumnElement, Float, and_, func, or_

from geo.coordinates import Box, Point
from open311.models import ServiceRequest


def is_in_box(box: Box) -> ColumnElement[bool]:
    """Tell whether a place lies in a box, its edges included."""
    return or_(*(func.ST_Intersects(ServiceRequest.location, area) for area in _areas(box)))


def is_within(centre: Point, metres: float) -> ColumnElement[bool]:
    """Tell whether a place lies within metres of another, on the ellipsoid.

    The index knows boxes only. What is in the box is measured; in this form PostgreSQL expects a
    third of it to be near enough, while it takes ST_DWithin for true of hardly any row.
    """
    areas = _areas(Box.around(centre, metres))
    near = or_(*(ServiceRequest.location.op("&&")(area) for area in areas))
    return and_(near, metres_from(centre) <= metres)


def metres_from(centre: Point) -> ColumnElement[float]:
    """Give how far a place is from another, on the ellipsoid."""
    there = func.ST_GeogFromText(centre.ewkt)
    return func.ST_Distance(func.geography(ServiceRequest.location), there, type_=Float())


def _areas(box: Box) -> list[ColumnElement[Any]]:
    return [func.ST_Envelope(func.ST_GeomFromEWKT(diagonal)) for diagonal in box.diagonals]
