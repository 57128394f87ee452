"""Conversion of CQL2 filters to conditions in SQL; each comparison has its types checked."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pygeofilter import ast
from sqlalchemy import ColumnElement, and_, func, not_, or_

from geo.errors import InvalidFilter
from open311.queries.ogc.filter_terms import (
    GEOMETRY_NAMES,
    FilterContext,
    Span,
    alike,
    geometry_of,
    span_of,
    term_of,
    text_of,
)

Condition = ColumnElement[bool]


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


def condition(node: Any, context: FilterContext) -> Condition:
    """Return the condition of a filter; raises InvalidFilter for unknown names and types."""
    if isinstance(node, ast.And | ast.Or):
        join = and_ if isinstance(node, ast.And) else or_
        return join(*(condition(part, context) for part in _flat(node, type(node))))
    if isinstance(node, ast.Not):
        return not_(condition(node.sub_node, replace(context, negated=True)))
    if isinstance(node, ast.Attribute | ast.Equal | ast.In | ast.IsNull):
        searched = _as_searched(node, context)
        if searched is not None:
            return searched
    if type(node) in _COMPARISONS:
        left, right = alike(term_of(node.lhs, context), term_of(node.rhs, context))
        return _COMPARISONS[type(node)](left.sql, right.sql)
    if type(node) in _SPATIAL:
        areas = (geometry_of(side, context) for side in (node.lhs, node.rhs))
        spatial: Condition = getattr(func, _SPATIAL[type(node)])(*areas)
        return spatial
    if type(node) in _TEMPORAL:
        return _TEMPORAL[type(node)](span_of(node.lhs, context), span_of(node.rhs, context))
    return _other_condition(node, context)


def _as_searched(node: Any, context: FilterContext) -> Condition | None:
    """Return the search condition for this part of a filter; None if the search has none.

    Inside NOT, null must stay unknown, as in SQL.
    """
    subject = node if isinstance(node, ast.Attribute) else node.lhs
    name = subject.name if isinstance(subject, ast.Attribute) else None
    found = context.properties.get(name) if name else None
    if found is None:
        return None
    if subject is node or (isinstance(node, ast.Equal) and node.rhs is True):
        return None if found.is_true is None or context.negated else found.is_true()
    if isinstance(node, ast.IsNull):
        return None if found.is_set is None else not_(found.is_set())
    values = [node.rhs] if isinstance(node, ast.Equal) else node.sub_nodes
    are_texts = all(isinstance(value, str) for value in values)
    if found.is_any_of is None or context.negated or not are_texts:
        return None
    return found.is_any_of(values)


def _other_condition(node: Any, context: FilterContext) -> Condition:
    if isinstance(node, ast.IsNull):
        is_geometry = isinstance(node.lhs, ast.Attribute) and node.lhs.name in GEOMETRY_NAMES
        column = context.geometry if is_geometry else term_of(node.lhs, context).sql
        return column.is_(None)
    if isinstance(node, ast.Like):
        left, right = text_of(node.lhs, context), text_of(node.pattern, context)
        return left.like(right)
    if isinstance(node, ast.Between):
        low = alike(term_of(node.lhs, context), term_of(node.low, context))
        high = alike(term_of(node.lhs, context), term_of(node.high, context))
        return and_(low[0].sql >= low[1].sql, high[0].sql <= high[1].sql)
    if isinstance(node, ast.In):
        pairs = [alike(term_of(node.lhs, context), term_of(one, context)) for one in node.sub_nodes]
        return pairs[0][0].sql.in_([right.sql for _left, right in pairs])
    term = term_of(node, context)
    if term.kind != "boolean":
        raise InvalidFilter("filter.condition_expected", field="filter")
    return term.sql


def _flat(node: Any, kind: type[ast.Node]) -> Iterator[Any]:
    """Return the parts of a chain of AND or of OR, however long, from left to right."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if type(part) is kind:
            waiting += [part.rhs, part.lhs]
        else:
            yield part
