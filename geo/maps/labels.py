"""Where maps write the names of boundaries."""

from dataclasses import dataclass

from shapely import MultiPolygon


@dataclass(frozen=True)
class LabelPlace:
    """A point inside a boundary, and the width of the part that it is in. All in degrees."""

    long: float
    lat: float
    width: float


def label_place(area: MultiPolygon) -> LabelPlace:
    """Return a place in the largest part: its center of mass, if that is inside."""
    part = max(area.geoms, key=lambda one: one.area)
    middle = part.centroid
    point = middle if part.contains(middle) else part.representative_point()
    west, _south, east, _north = part.bounds
    return LabelPlace(round(point.x, 6), round(point.y, 6), round(east - west, 6))
