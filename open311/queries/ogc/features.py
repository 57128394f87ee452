"""Features of a collection, by page and by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from pygeofilter import ast
from sqlalchemy import Float, Select, String, bindparam, cast, func, null, select
from sqlalchemy.dialects.postgresql import JSONB

from geo.crs import CRS84, ReferenceSystem
from open311.database import db
from open311.errors import InvalidParameters, NotFound
from open311.messages.search import FEATURE_UNKNOWN, PROPERTY_UNKNOWN
from open311.models import CityVersion
from open311.queries.city import Stale, read_version
from open311.queries.ogc.filter_terms import FilterContext
from open311.queries.ogc.filters import condition
from open311.queries.ogc.sources import FeatureSource
from open311.queries.requests.last_change import Head, head_of_features
from open311.queries.search.conditions import is_any_of
from open311.queries.search.counts import Total, count_rows, known_total
from open311.queries.search.criteria import EVERYTHING, Criteria
from open311.queries.search.kept import Selection, count_some, read_page, read_rows, values_of
from open311.queries.search.pages import KEY, Key, Paging, one_page

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


def list_features(
    source: FeatureSource,
    wanted: Wanted,
    *,
    counted: bool = True,
    version: UUID | None = None,
) -> Features:
    """Return one page of features; raises InvalidFilter and InvalidParameters.

    Raises Stale if version, that of a snapshot, is given and is no longer current.
    """
    names = shown_names(source, wanted)
    if source.key is not None and not wanted.equal and wanted.filter is None:
        found, count = _kept(source, wanted, names, version)
    else:
        _check(version)
        found, count = _built(source, wanted, names)
    shown = found[: wanted.limit]
    more = len(found) > wanted.limit
    is_all = not more and wanted.after is None
    total = known_total(len(shown) if is_all else count()) if counted else None
    return Features(
        features=[as_feature(source, row, names, wanted.system) for row in shown],
        next=(shown[-1][-2], shown[-1][-1]) if more else None,
        total=total,
    )


Found = tuple[Sequence[Sequence[Any]], Callable[[], int]]
"""The rows of a page, and one more if there are more; and how to count those of all pages."""


def _kept(
    source: FeatureSource, wanted: Wanted, names: Sequence[str], version: UUID | None
) -> Found:
    """Find features by a statement that is kept for all searches of the same form."""
    selection = Selection(
        ("features", source.key, tuple(names), wanted.system.uri),
        lambda: select_features(source, source.rows, names, wanted.system).add_columns(
            head_of_features()
        ),
        lambda: source.counted,
    )
    terms = source.terms(wanted.criteria)
    asked = Paging(sort=source.order.name, page_size=wanted.limit, after=wanted.after)
    found = read_page(selection, terms, asked)
    if not found:
        _check(version)
        return found, partial(count_some, selection, terms)
    head = Head.read(found[0][-len(KEY) - 1])
    if version not in (None, head.version):
        raise Stale
    by_clock = any(term.by_clock for term in terms)
    contents = None if by_clock else (head.snapshot, str(values_of(terms)))
    return found, partial(count_some, selection, terms, contents)


def _check(version: UUID | None) -> None:
    """Raise Stale if a version is given that is no longer current."""
    if version is not None and read_version() != version:
        raise Stale


def _built(source: FeatureSource, wanted: Wanted, names: Sequence[str]) -> Found:
    """Find features by a statement that is built for this search."""
    matching = matching_rows(source, wanted)
    rows = select_features(source, matching, names, wanted.system)
    connection = db.session.connection()  # the session would make its own of each row
    page = one_page(rows, source.order, wanted.limit, wanted.after)
    counted = matching.with_only_columns(source.order.pk, maintain_column_froms=True)
    return connection.execute(page).all(), partial(count_rows, counted)


def get_feature(
    source: FeatureSource, feature_id: str, system: ReferenceSystem, version: UUID
) -> dict[str, Any]:
    """Get one feature by its id; raises NotFound, and Stale as list_features."""
    names = list(source.properties)

    def with_id(value: Any) -> Select[Any]:
        rows = select_features(source, source.rows.where(source.has_id(value)), names, system)
        return rows.add_columns(select(CityVersion.version).scalar_subquery())

    found: Sequence[Sequence[Any]]
    if source.key is None:
        found = db.session.connection().execute(with_id(feature_id)).all()
    else:
        parameter = bindparam("id", type_=String)
        one = Selection(("feature", source.key, system.uri), lambda: with_id(parameter))
        found = read_rows(one, {"id": feature_id})
    if not found:
        raise NotFound(FEATURE_UNKNOWN, id=feature_id)
    if found[0][-1] != version:
        raise Stale
    return as_feature(source, found[0], names, system)


def matching_rows(source: FeatureSource, wanted: Wanted) -> Select[Any]:
    """Return the selected rows of a source, of all pages; raises InvalidFilter."""
    rows = source.rows.where(*(term.build() for term in source.terms(wanted.criteria)))
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
    """Select id, geometry, and properties.

    The geometry is x and y of a point, or JSON of another one and nothing.
    """
    geometry = source.geometry
    if system.srid != CRS84.srid:
        geometry = func.ST_Transform(geometry, system.srid)
    if system.flipped:
        geometry = func.ST_FlipCoordinates(geometry)
    columns = [source.properties[name].column.label(name) for name in names]
    return rows.with_only_columns(
        cast(source.id, String).label("feature_id"),
        *_geometry(source, geometry, system),
        *columns,
        maintain_column_froms=True,
    )


def _geometry(source: FeatureSource, geometry: Any, system: ReferenceSystem) -> list[Any]:
    if source.has_points:  # numbers cost a tenth of JSON
        return [func.ST_X(geometry, type_=Float), func.ST_Y(geometry, type_=Float)]
    return [cast(func.ST_AsGeoJSON(geometry, _decimals(system), 0), JSONB), null()]


def _decimals(system: ReferenceSystem) -> int:
    """Return the decimals of degrees, or of the system's own units."""
    return DECIMALS if system.srid == CRS84.srid else 3


def as_feature(
    source: FeatureSource, row: Sequence[Any], names: Sequence[str], system: ReferenceSystem
) -> dict[str, Any]:
    """Return a row of select_features as a feature (RFC 7946)."""
    id_, first, second = row[:3]
    geometry = first
    if source.has_points and first is not None:
        decimals = _decimals(system)
        place = [round(first, decimals), round(second, decimals)]
        geometry = {"type": "Point", "coordinates": place}
    return {
        "type": "Feature",
        "id": id_,
        "geometry": geometry,
        "properties": dict(zip(names, row[3 : 3 + len(names)], strict=True)),
    }
