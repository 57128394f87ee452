"""Requests by their distance from a point, nearest first."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func

from geo.coordinates import Point
from geo.crs import CRS84
from open311.database import db
from open311.models import ServiceRequest
from open311.queries.ogc.features import (
    Wanted,
    as_feature,
    matching_rows,
    select_features,
    shown_names,
)
from open311.queries.ogc.sources import FeatureSource
from open311.queries.search.criteria import Circle
from open311.queries.search.places import meters_from

_ROUNDING = 1.0
"""Meters by which the circle is wider than the farthest request, so that rounding loses none."""


def list_nearest(source: FeatureSource, wanted: Wanted, point: Point) -> list[dict[str, Any]]:
    """List the features that are nearest to a point, each with meters among its properties.

    wanted.limit is their greatest number. The order is total: of two that are equally far, the one
    that was stored first comes first.

    The index of locations knows distances in degrees, which are not those in meters. The nearest
    by degrees show how far one has to look, and all within that circle are sorted by meters.
    """
    location = ServiceRequest.location
    meters = meters_from(location, point.ewkt)
    by_degrees = location.op("<->")(func.ST_GeomFromEWKT(point.ewkt))
    candidates = (
        matching_rows(source, wanted)
        .where(location.is_not(None))
        .with_only_columns(meters, maintain_column_froms=True)
        .order_by(by_degrees)
        .limit(wanted.limit)
    )
    reach = max(db.session.scalars(candidates), default=None)
    if reach is None:
        return []
    near = replace(wanted.criteria, circle=Circle(point, reach + _ROUNDING))
    rows = matching_rows(source, replace(wanted, criteria=near))
    names = shown_names(source, wanted)
    found = db.session.execute(
        select_features(source, rows, names, CRS84)
        .add_columns(meters)
        .order_by(meters, ServiceRequest.pk)
        .limit(wanted.limit)
    )
    return [_with_meters(as_feature(source, row, names, CRS84), row[-1]) for row in found]


def _with_meters(feature: dict[str, Any], meters: float) -> dict[str, Any]:
    return {**feature, "properties": {**feature["properties"], "meters": meters}}
