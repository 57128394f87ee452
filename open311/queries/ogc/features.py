"""Features of a collection, page by page: what a map or a program asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from pygeofilter import ast
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, String, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from geo.crs import CRS84, ReferenceSystem
from open311.database import db
from open311.errors import InvalidParameters, NotFound
from open311.queries.ogc.filter_terms import FilterContext
from open311.queries.ogc.filters import condition
from open311.queries.ogc.sources import ALWAYS, Interval, Source
from open311.queries.search.pages import MOST_COUNTED, Key, Total, known_total

DECIMALS = 7
"""Of degrees: about a centimetre."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is wanted of a collection. area is in degrees on WGS 84, x first.

    equal are values by the names of properties; names are the properties to show, None for all;
    filter is a tree of geo.cql2, its geometries in filter_system.
    """

    area: BaseGeometry | None = None
    interval: Interval = ALWAYS
    equal: dict[str, str] = field(default_factory=dict)
    filter: ast.Node | None = None
    filter_system: ReferenceSystem = CRS84
    names: Sequence[str] | None = None
    system: ReferenceSystem = CRS84
    limit: int = 100
    after: Key | None = None


@dataclass(frozen=True)
class Features:
    """Features as GeoJSON has them, the key of the last one if there are more, and how many."""

    features: list[dict[str, Any]]
    next: Key | None
    total: Total


def list_features(source: Source, wanted: Wanted) -> Features:
    """List one page of features; raises InvalidFilter and InvalidParameters."""
    matching = matching_rows(source, wanted)
    names = shown_names(source, wanted)
    connection = db.session.connection()  # the session would make its own of each row
    found = connection.execute(_page(source, wanted, matching, names)).all()
    rows = found[: wanted.limit]
    more = len(found) > wanted.limit
    counted = len(rows) if not more and wanted.after is None else _count(source, matching)
    return Features(
        features=[as_feature(row, names, wanted.system) for row in rows],
        next=(rows[-1].sort_key, rows[-1].sort_pk) if more else None,
        total=known_total(counted),
    )


def get_feature(source: Source, feature_id: str, system: ReferenceSystem) -> dict[str, Any]:
    """Get one feature by its id; raises NotFound."""
    names = list(source.properties)
    rows = source.rows.where(source.has_id(feature_id))
    statement = select_features(source, rows, names, system)
    row = db.session.connection().execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"There is no feature {feature_id!r} in this collection.")
    return as_feature(row, names, system)


def matching_rows(source: Source, wanted: Wanted) -> Select[Any]:
    """Give the rows of a source that are wanted, of all pages; raises InvalidFilter."""
    rows = source.rows
    if wanted.area is not None:
        area = func.ST_GeomFromWKB(shapely.to_wkb(wanted.area), 4326)
        rows = rows.where(func.ST_Intersects(source.geometry, area))
    if source.moment is not None:
        begin, end = wanted.interval.begin, wanted.interval.end
        rows = rows if begin is None else rows.where(source.moment >= begin)
        rows = rows if end is None else rows.where(source.moment <= end)
    for name, value in wanted.equal.items():
        rows = rows.where(cast(source.properties[name].column, String) == value)
    if wanted.filter is not None:
        context = FilterContext(source.properties, source.geometry, wanted.filter_system)
        rows = rows.where(condition(wanted.filter, context))
    return rows


def shown_names(source: Source, wanted: Wanted) -> list[str]:
    """Give the names of the properties to show; raises InvalidParameters for unknown ones."""
    unknown = [name for name in wanted.names or () if name not in source.properties]
    if unknown:
        known = ", ".join(source.properties)
        raise InvalidParameters(f"properties: there is no {', '.join(unknown)}; there are {known}.")
    return list(source.properties) if wanted.names is None else list(wanted.names)


def select_features(
    source: Source, rows: Select[Any], names: Sequence[str], system: ReferenceSystem
) -> Select[Any]:
    """Select id, geometry as JSON, and properties."""
    geometry = source.geometry
    if system.srid != CRS84.srid:
        geometry = func.ST_Transform(geometry, system.srid)
    if system.flipped:
        geometry = func.ST_FlipCoordinates(geometry)
    decimals = DECIMALS if system.srid == CRS84.srid else 3
    columns = [source.properties[name].column.label(name) for name in names]
    return rows.with_only_columns(
        cast(source.id, String).label("feature_id"),
        cast(func.ST_AsGeoJSON(geometry, decimals, 0), JSONB).label("feature_geometry"),
        *columns,
        maintain_column_froms=True,
    )


def _page(
    source: Source, wanted: Wanted, matching: Select[Any], names: Sequence[str]
) -> Select[Any]:
    order = (source.key, source.pk)
    if wanted.after is not None:
        place, behind = tuple_(*order), tuple_(*wanted.after)
        matching = matching.where(place < behind if source.descending else place > behind)
    return (
        select_features(source, matching, names, wanted.system)
        .add_columns(source.key.label("sort_key"), source.pk.label("sort_pk"))
        .order_by(*(column.desc() if source.descending else column for column in order))
        .limit(wanted.limit + 1)
    )


def _count(source: Source, matching: Select[Any]) -> int:
    some = matching.with_only_columns(source.pk, maintain_column_froms=True)
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())
    return int(db.session.connection().execute(counted).scalar_one())


def as_feature(row: Any, names: Sequence[str], system: ReferenceSystem) -> dict[str, Any]:
    """Give a row of select_features as a feature (RFC 7946)."""
    return {
        "type": "Feature",
        "id": row.feature_id,
        "geometry": row.feature_geometry,
        "properties": dict(zip(names, row[2 : 2 + len(names)], strict=True)),
    }
