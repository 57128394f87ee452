"""From the tree of a CQL2 filter to a condition in SQL, each comparison checked for its kinds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import shapely
from pygeofilter import ast, values
from shapely.geometry import shape
from sqlalchemy import ColumnElement, and_, cast, func, literal, not_, or_
from sqlalchemy.dialects.postgresql import TIMESTAMP

from geo.crs import ReferenceSystem, into_wgs84
from geo.errors import InvalidFilter
from open311.queries.ogc.properties import Properties

Condition = ColumnElement[bool]

GEOMETRY_NAMES = ("geometry", "geom", "location")
MOMENT = TIMESTAMP(timezone=True)


@dataclass(frozen=True)
class Term:
    """A value in SQL and its kind; constant where it is written in the filter itself."""

    kind: str
    sql: ColumnElement[Any]
    constant: Any = None


@dataclass(frozen=True)
class Span:
    """A stretch of time; a moment is one whose ends are the same."""

    begin: ColumnElement[Any]
    end: ColumnElement[Any]


@dataclass(frozen=True)
class FilterContext:
    """What a filter may name: properties and a geometry; its own geometries are of system."""

    properties: Properties
    geometry: ColumnElement[Any]
    system: ReferenceSystem


_COMPARISONS: dict[type[ast.Node], Callable[[Any, Any], Condition]] = {
    ast.Equal: lambda left, right: left == right,
    ast.NotEqual: lambda left, right: left != right,
    ast.LessThan: lambda left, right: left < right,
    ast.LessEqual: lambda left, right: left <= right,
    ast.GreaterThan: lambda left, right: left > right,
    ast.GreaterEqual: lambda left, right: left >= right,
}

_SPATIAL: dict[type[ast.Node], str] = {
    ast.GeometryIntersects: "ST_Intersects",
    ast.GeometryDisjoint: "ST_Disjoint",
    ast.GeometryContains: "ST_Contains",
    ast.GeometryWithin: "ST_Within",
    ast.GeometryTouches: "ST_Touches",
    ast.GeometryCrosses: "ST_Crosses",
    ast.GeometryOverlaps: "ST_Overlaps",
    ast.GeometryEquals: "ST_Equals",
}

# Allen's relations of two stretches of time (OGC 21-065r2, 7.9).
_TEMPORAL: dict[type[ast.Node], Callable[[Span, Span], Condition]] = {
    ast.TimeAfter: lambda a, b: a.begin > b.end,
    ast.TimeBefore: lambda a, b: a.end < b.begin,
    ast.TimeContains: lambda a, b: and_(a.begin < b.begin, a.end > b.end),
    ast.TimeDuring: lambda a, b: and_(a.begin > b.begin, a.end < b.end),
    ast.TimeEquals: lambda a, b: and_(a.begin == b.begin, a.end == b.end),
    ast.TimeEndedBy: lambda a, b: and_(a.begin < b.begin, a.end == b.end),
    ast.TimeEnds: lambda a, b: and_(a.begin > b.begin, a.end == b.end),
    ast.TimeMeets: lambda a, b: a.end == b.begin,
    ast.TimeMetBy: lambda a, b: a.begin == b.end,
    ast.TimeOverlappedBy: lambda a, b: and_(a.begin > b.begin, a.begin < b.end, a.end > b.end),
    ast.TimeOverlaps: lambda a, b: and_(a.begin < b.begin, a.end > b.begin, a.end < b.end),
    ast.TimeBegunBy: lambda a, b: and_(a.begin == b.begin, a.end > b.end),
    ast.TimeBegins: lambda a, b: and_(a.begin == b.begin, a.end < b.end),
}

_ARITHMETIC: dict[type[ast.Node], Callable[[Any, Any], Any]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mul: lambda left, right: left * right,
    ast.Div: lambda left, right: left / func.nullif(right, 0.0),
}


def condition(node: Any, context: FilterContext) -> Condition:
    """Give the condition of a filter; raises InvalidFilter where it names or compares badly."""
    if isinstance(node, ast.And | ast.Or):
        join = and_ if isinstance(node, ast.And) else or_
        return join(*(condition(part, context) for part in _flat(node, type(node))))
    if isinstance(node, ast.Not):
        return not_(condition(node.sub_node, context))
    if type(node) in _COMPARISONS:
        left, right = _alike(_term(node.lhs, context), _term(node.rhs, context))
        return _COMPARISONS[type(node)](left.sql, right.sql)
    if type(node) in _SPATIAL:
        areas = (_geometry(side, context) for side in (node.lhs, node.rhs))
        spatial: Condition = getattr(func, _SPATIAL[type(node)])(*areas)
        return spatial
    if type(node) in _TEMPORAL:
        return _TEMPORAL[type(node)](_span(node.lhs, context), _span(node.rhs, context))
    return _other_condition(node, context)


def _other_condition(node: Any, context: FilterContext) -> Condition:
    if isinstance(node, ast.IsNull):
        is_geometry = isinstance(node.lhs, ast.Attribute) and node.lhs.name in GEOMETRY_NAMES
        column = context.geometry if is_geometry else _term(node.lhs, context).sql
        return column.is_(None)
    if isinstance(node, ast.Like):
        left, right = _text(node.lhs, context), _text(node.pattern, context)
        return left.like(right)
    if isinstance(node, ast.Between):
        low = _alike(_term(node.lhs, context), _term(node.low, context))
        high = _alike(_term(node.lhs, context), _term(node.high, context))
        return and_(low[0].sql >= low[1].sql, high[0].sql <= high[1].sql)
    if isinstance(node, ast.In):
        pairs = [_alike(_term(node.lhs, context), _term(one, context)) for one in node.sub_nodes]
        return pairs[0][0].sql.in_([right.sql for _left, right in pairs])
    term = _term(node, context)
    if term.kind != "boolean":
        raise InvalidFilter("filter is no condition: compare what it names with a value.")
    return term.sql


def _flat(node: Any, kind: type[ast.Node]) -> Iterator[Any]:
    """Give the parts of a chain of AND or of OR, however long, from left to right."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if type(part) is kind:
            waiting += [part.rhs, part.lhs]
        else:
            yield part


def _term(node: Any, context: FilterContext) -> Term:
    if isinstance(node, ast.Attribute):
        return _property(node.name, context)
    if isinstance(node, ast.Function):
        return Term("text", func.lower(_text(node.arguments[0], context)))
    if type(node) in _ARITHMETIC:
        sides = [_term(side, context) for side in (node.lhs, node.rhs)]
        if any(side.kind != "number" for side in sides):
            raise InvalidFilter("filter: + - * and / are for numbers alone.")
        return Term("number", _ARITHMETIC[type(node)](sides[0].sql, sides[1].sql))
    return _constant(node)


def _property(name: str, context: FilterContext) -> Term:
    if name not in context.properties:
        known = ", ".join(context.properties)
        raise InvalidFilter(f"filter names {name[:100]!r}; there are geometry, {known}.")
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
    raise InvalidFilter("filter compares what is no value: times and places have functions.")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _alike(left: Term, right: Term) -> tuple[Term, Term]:
    """Check that two terms are of one kind; a text may stand for a time."""
    if left.kind == "moment" and isinstance(right.constant, str):
        return left, _as_moment(right.constant)
    if right.kind == "moment" and isinstance(left.constant, str):
        return _as_moment(left.constant), right
    if left.kind != right.kind:
        raise InvalidFilter(f"filter compares a {left.kind} with a {right.kind}.")
    return left, right


def _as_moment(text: str) -> Term:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidFilter(
            f"filter compares a time with {text[:50]!r}: write TIMESTAMP('2026-03-09T14:05:00Z')."
        ) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Term("moment", literal(aware, MOMENT), aware)


def _text(node: Any, context: FilterContext) -> ColumnElement[Any]:
    term = _term(node, context)
    if term.kind != "text":
        raise InvalidFilter(f"filter takes a {term.kind} for a text.")
    return term.sql


def _geometry(node: Any, context: FilterContext) -> ColumnElement[Any]:
    if isinstance(node, ast.Attribute) and node.name in GEOMETRY_NAMES:
        return context.geometry
    if not isinstance(node, values.Geometry):
        raise InvalidFilter("filter: a spatial function compares geometry with a geometry.")
    flat = into_wgs84(shapely.force_2d(shape(node.geometry)), context.system)
    valid = flat if flat.is_valid else shapely.make_valid(flat)
    return func.ST_GeomFromWKB(shapely.to_wkb(valid), 4326)


def _span(node: Any, context: FilterContext) -> Span:
    if isinstance(node, values.Interval):
        return Span(_end(node.start, "-infinity", first=True), _end(node.end, "infinity"))
    if type(node) is date:
        return Span(_end(node, "", first=True), _end(node, ""))
    term = _term(node, context)
    moment = _as_moment(term.constant) if isinstance(term.constant, str) else term
    if moment.kind != "moment":
        raise InvalidFilter(f"filter takes a {moment.kind} for a time.")
    return Span(moment.sql, moment.sql)


def _end(value: Any, open_end: str, *, first: bool = False) -> ColumnElement[Any]:
    """Give an end of a stretch of time; a day stands for its first or its last second."""
    if value is None:
        return cast(literal(open_end), MOMENT)
    if isinstance(value, datetime):
        return literal(value, MOMENT)
    clock = time() if first else time(23, 59, 59)
    return literal(datetime.combine(value, clock, UTC), MOMENT)
