"""Features of a collection, by page and by id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pygeofilter import ast
from sqlalchemy import Select, String, cast, func
from sqlalchemy.dialects.postgresql import JSONB

from geo.crs import CRS84, ReferenceSystem
from open311.database import db
from open311.errors import InvalidParameters, NotFound
from open311.messages.search import FEATURE_UNKNOWN, PROPERTY_UNKNOWN
from open311.queries.ogc.filter_terms import FilterContext
from open311.queries.ogc.filters import condition
from open311.queries.ogc.sources import FeatureSource
from open311.queries.search.conditions import is_any_of
from open311.queries.search.counts import Total, count_rows, known_total
from open311.queries.search.criteria import EVERYTHING, Criteria
from open311.queries.search.pages import Key, one_page

DECIMALS = 7
"""Decimals of degrees: about a centimeter."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A query of a collection.

    equal contains the accepted values by property. filter is a tree of geo.cql2, with geometries in
    filter_system. names are the properties to return; None means all.
    """

    criteria: Criteria = EVERYTHING
    equal: Mapping[str, Sequence[str]] = field(default_factory=dict)
    filter: ast.Node | None = None
    filter_system: ReferenceSystem = CRS84
    names: Sequence[str] | None = None
    system: ReferenceSystem = CRS84
    limit: int = 100
    after: Key | None = None


@dataclass(frozen=True)
class Features:
    """GeoJSON features, and the key of the last one if there are more.

    total is the number of features on all pages; None if it was not counted.
    """

    features: list[dict[str, Any]]
    next: Key | None
    total: Total | None


def list_features(source: FeatureSource, wanted: Wanted, *, counted: bool = True) -> Features:
    """Return one page of features; raises InvalidFilter and InvalidParameters."""
    matching, names = matching_rows(source, wanted), shown_names(source, wanted)
    rows = select_features(source, matching, names, wanted.system)
    connection = db.session.connection()  # the session would make its own of each row
    page = one_page(rows, source.order, wanted.limit, wanted.after)
    found = connection.execute(page).all()
    shown = found[: wanted.limit]
    more = len(found) > wanted.limit
    is_all = not more and wanted.after is None
    return Features(
        features=[as_feature(row, names, wanted.system) for row in shown],
        next=(shown[-1].sort_key, shown[-1].sort_pk) if more else None,
        total=_total(source, matching, len(shown) if is_all else None) if counted else None,
    )


def _total(source: FeatureSource, matching: Select[Any], known: int | None) -> Total:
    if known is not None:
        return known_total(known)
    rows = matching.with_only_columns(source.order.pk, maintain_column_froms=True)
    return known_total(count_rows(rows))


def get_feature(source: FeatureSource, feature_id: str, system: ReferenceSystem) -> dict[str, Any]:
    """Get one feature by its id; raises NotFound."""
    names = list(source.properties)
    rows = source.rows.where(source.has_id(feature_id))
    statement = select_features(source, rows, names, system)
    row = db.session.connection().execute(statement).one_or_none()
    if row is None:
        raise NotFound(FEATURE_UNKNOWN, id=feature_id)
    return as_feature(row, names, system)


def matching_rows(source: FeatureSource, wanted: Wanted) -> Select[Any]:
    """Return the selected rows of a source, of all pages; raises InvalidFilter."""
    rows = source.rows.where(*source.conditions(wanted.criteria))
    for name, values in wanted.equal.items():
        rows = rows.where(is_any_of(cast(source.properties[name].column, String), values))
    if wanted.filter is not None:
        context = FilterContext(source.properties, source.geometry, wanted.filter_system)
        rows = rows.where(condition(wanted.filter, context))
    return rows


def shown_names(source: FeatureSource, wanted: Wanted) -> list[str]:
    """Return the names of the properties to return; raises InvalidParameters for unknown ones."""
    unknown = [name for name in wanted.names or () if name not in source.properties]
    if unknown:
        raise InvalidParameters(
            PROPERTY_UNKNOWN, field="properties", unknown=unknown, known=list(source.properties)
        )
    return list(source.properties) if wanted.names is None else list(wanted.names)


def select_features(
    source: FeatureSource, rows: Select[Any], names: Sequence[str], system: ReferenceSystem
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


def as_feature(row: Any, names: Sequence[str], system: ReferenceSystem) -> dict[str, Any]:
    """Return a row of select_features as a feature (RFC 7946)."""
    return {
        "type": "Feature",
        "id": row.feature_id,
        "geometry": row.feature_geometry,
        "properties": dict(zip(names, row[2 : 2 + len(names)], strict=True)),
    }
