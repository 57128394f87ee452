"""Values of CQL2 filters in SQL: properties, constants, geometries, and periods."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import shapely
from pygeofilter import ast, values
from shapely.geometry import shape
from sqlalchemy import ColumnElement, cast, func, literal
from sqlalchemy.dialects.postgresql import TIMESTAMP

from geo.crs import ReferenceSystem, into_wgs84
from geo.errors import InvalidFilter
from open311.queries.ogc.property import Properties

GEOMETRY_NAMES = ("geometry", "geom", "location")
MOMENT = TIMESTAMP(timezone=True)


@dataclass(frozen=True)
class Term:
    """A value in SQL and its kind; constant if the filter contains the value itself."""

    kind: str
    sql: ColumnElement[Any]
    constant: Any = None


@dataclass(frozen=True)
class Span:
    """A period; an instant has equal ends."""

    begin: ColumnElement[Any]
    end: ColumnElement[Any]


@dataclass(frozen=True)
class FilterContext:
    """Properties and geometry that a filter can use; system is the CRS of its geometries.

    negated is true inside a NOT.
    """

    properties: Properties
    geometry: ColumnElement[Any]
    system: ReferenceSystem
    negated: bool = False


_ARITHMETIC: dict[type[ast.Node], Callable[[Any, Any], Any]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mul: lambda left, right: left * right,
    ast.Div: lambda left, right: left / func.nullif(right, 0.0),
}


def term_of(node: Any, context: FilterContext) -> Term:
    """Return the value of a part of a filter; raises InvalidFilter."""
    if isinstance(node, ast.Attribute):
        return _property(node.name, context)
    if isinstance(node, ast.Function):
        return Term("text", func.lower(text_of(node.arguments[0], context)))
    if type(node) in _ARITHMETIC:
        sides = [term_of(side, context) for side in (node.lhs, node.rhs)]
        if any(side.kind != "number" for side in sides):
            raise InvalidFilter("filter.arithmetic", field="filter")
        return Term("number", _ARITHMETIC[type(node)](sides[0].sql, sides[1].sql))
    return _constant(node)


def _property(name: str, context: FilterContext) -> Term:
    if name in GEOMETRY_NAMES:
        raise InvalidFilter("filter.geometry_as_value", field="filter", name=name)
    if name not in context.properties:
        known = list(context.properties)
        raise InvalidFilter(
            "filter.unknown_property",
            field="filter",
            name=name[:100],
            known=known,
        )
    found = context.properties[name]
    if found.kind == "day":
        return Term("moment", cast(found.column, MOMENT))
    return Term(found.kind, found.column)


def _constant(node: Any) -> Term:
    if isinstance(node, bool):
        return Term("boolean", literal(node), node)
    if isinstance(node, int | float):
        return Term("number", literal(float(node)), node)
    if isinstance(node, str):
        return Term("text", literal(node), node)
    if isinstance(node, datetime):
        return Term("moment", literal(node, MOMENT), node)
    if isinstance(node, date):
        return Term("moment", literal(_midnight(node), MOMENT), node)
    raise InvalidFilter("filter.not_a_value", field="filter")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def alike(left: Term, right: Term) -> tuple[Term, Term]:
    """Check that two terms have the same kind; a text can be a time."""
    if left.kind == "moment" and isinstance(right.constant, str):
        return left, _as_moment(right.constant)
    if right.kind == "moment" and isinstance(left.constant, str):
        return _as_moment(left.constant), right
    if left.kind != right.kind:
        raise InvalidFilter("filter.kinds", field="filter", left=left.kind, right=right.kind)
    return left, right


def _as_moment(text: str) -> Term:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidFilter("filter.not_a_time", field="filter", text=text[:50]) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Term("moment", literal(aware, MOMENT), aware)


def text_of(node: Any, context: FilterContext) -> ColumnElement[Any]:
    """Return the text of a part of a filter; raises InvalidFilter if it is not a text."""
    term = term_of(node, context)
    if term.kind != "text":
        raise InvalidFilter("filter.text_expected", field="filter", kind=term.kind)
    return term.sql


def geometry_of(node: Any, context: FilterContext) -> ColumnElement[Any]:
    """Return the geometry of a part of a filter, in degrees on WGS 84; raises InvalidFilter."""
    if isinstance(node, ast.Attribute) and node.name in GEOMETRY_NAMES:
        return context.geometry
    if not isinstance(node, values.Geometry):
        raise InvalidFilter("filter.geometry_expected", field="filter")
    flat = into_wgs84(shapely.force_2d(shape(node.geometry)), context.system)
    if not np.isfinite(shapely.get_coordinates(flat)).all():  # outside what the system can show
        raise InvalidFilter("filter.empty_geometry", field="filter")
    valid = flat
    if not flat.is_valid:  # of one kind, because not all functions of PostGIS take a mixture
        valid = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    if valid.is_empty or valid.geom_type == "GeometryCollection":
        raise InvalidFilter("filter.empty_geometry", field="filter")
    return func.ST_GeomFromWKB(shapely.to_wkb(valid), 4326)


def span_of(node: Any, context: FilterContext) -> Span:
    """Return the period of a part of a filter; raises InvalidFilter."""
    if isinstance(node, values.Interval):
        return Span(_end(node.start, "-infinity", first=True), _end(node.end, "infinity"))
    if type(node) is date:
        return Span(_end(node, "", first=True), _end(node, ""))
    term = term_of(node, context)
    moment = _as_moment(term.constant) if isinstance(term.constant, str) else term
    if moment.kind != "moment":
        raise InvalidFilter("filter.time_expected", field="filter", kind=moment.kind)
    return Span(moment.sql, moment.sql)


def _end(value: Any, open_end: str, *, first: bool = False) -> ColumnElement[Any]:
    """Return one end of a period; the end of a day is its first or last second."""
    if value is None:
        return cast(literal(open_end), MOMENT)
    if isinstance(value, datetime):
        return literal(value, MOMENT)
    clock = time() if first else time(23, 59, 59)
    return literal(datetime.combine(value, clock, UTC), MOMENT)
