"""Filters in CQL2 (OGC 21-065r2), validated, bounded, and parsed by pygeofilter."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import shapely
from pygeofilter import ast
from pygeofilter.parsers.cql2_json.parser import walk_cql_json
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geo.errors import InvalidFilter
from geo.search.cql2_text import text_to_json

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")

# Surrogates without their other half, and NUL, which PostgreSQL cannot store.
_UNSEARCHABLE = re.compile("[\0\ud800-\udfff]")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def checked_day(text: Any) -> date:
    """Parse a day; raise InvalidFilter."""
    try:
        if not isinstance(text, str) or not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidFilter("filter.date", field="filter") from None


def checked_moment(text: Any) -> datetime:
    """Parse a moment as UTC; raise InvalidFilter."""
    try:
        if not isinstance(text, str) or not _MOMENT.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidFilter("filter.timestamp", field="filter") from None


def checked_end(end: Any) -> str:
    """Return a valid end of an interval: a day, a moment, or .. for none; raise InvalidFilter."""
    if isinstance(end, Mapping) and len(end) == 1:
        end = next(iter(end.values()))
    if end == "..":
        return ".."
    if isinstance(end, str) and _DAY.fullmatch(end):
        return checked_day(end).isoformat()
    return checked_moment(end).isoformat()


LANGUAGES = ("cql2-text", "cql2-json")

MOST_CHARACTERS = 1_000_000

MOST_PARTS = 2_000

DEEPEST = 50

MOST_VERTICES = 10_000
"""Coordinates in all geometries of a filter together."""

# Operators that have another name in pygeofilter than in the standard.
_NAMES = {
    "t_starts": "t_begins",
    "t_startedby": "t_begunby",
    "t_finishes": "t_ends",
    "t_finishedby": "t_endedby",
    "isnull": "isNull",
}

# Numbers of arguments; a minimum where the standard allows more.
_ARGUMENTS = {
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "like", "in"), 2),
    **dict.fromkeys(("and", "or"), 2),
    **dict.fromkeys(("not", "isNull", "casei"), 1),
    "between": 3,
    **dict.fromkeys(
        (
            *("s_intersects", "s_disjoint", "s_contains", "s_within"),
            *("s_touches", "s_crosses", "s_overlaps", "s_equals"),
            *("t_after", "t_before", "t_contains", "t_during", "t_equals", "t_meets", "t_metby"),
            *("t_overlaps", "t_overlappedby", "t_begins", "t_begunby", "t_ends", "t_endedby"),
            *("t_disjoint", "t_intersects"),
        ),
        2,
    ),
}


def parse_filter(text: str, language: str) -> ast.Node:
    """Parse a filter in one of LANGUAGES; raise InvalidFilter if it is invalid or too large."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidFilter(
            "filter.too_long", field="filter", length=len(text), limit=MOST_CHARACTERS
        )
    try:
        written = text_to_json(text) if language == "cql2-text" else _from_json(text)
        if any(_UNSEARCHABLE.search(one) for one in _texts(written)):
            raise InvalidFilter("filter.character", field="filter")
        return walk_cql_json(_Check().node(written, 0))
    except RecursionError:
        raise InvalidFilter("filter.too_deep", field="filter", limit=DEEPEST) from None
    except json.JSONDecodeError as error:
        raise InvalidFilter("filter.not_json", field="filter", error=str(error)) from None


def _from_json(text: str) -> Any:
    """Parse JSON. NaN and numbers of any length become floats, perhaps infinite ones."""
    return json.loads(text, parse_int=_whole, parse_constant=float)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


def _texts(written: Any) -> Iterator[str]:
    """Yield all names and texts of a filter, however deep."""
    waiting = [written]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part


class _Check:
    """A validator that also translates a JSON filter to the operators of pygeofilter."""

    def __init__(self) -> None:
        self.parts = 0
        self.vertices = 0

    def node(self, node: Any, depth: int) -> Any:
        """Return a validated part of the filter; raise InvalidFilter."""
        self._count(depth)
        if isinstance(node, float) and not math.isfinite(node):
            raise InvalidFilter("filter.number", field="filter")
        if isinstance(node, bool | int | float | str):
            return node
        if not isinstance(node, Mapping):
            raise InvalidFilter("filter.not_cql2", field="filter")
        if "op" in node:
            return self._operation(node, depth)
        for name, check in (
            ("property", self._property),
            ("date", self._day),
            ("timestamp", self._moment),
            ("interval", self._interval),
            ("bbox", self._bbox),
            ("type", self._geometry),
        ):
            if name in node:
                return check(node)
        raise InvalidFilter("filter.unknown_part", field="filter", part=", ".join(node)[:100])

    def _count(self, depth: int) -> None:
        self.parts += 1
        if depth > DEEPEST:
            raise InvalidFilter("filter.too_deep", field="filter", limit=DEEPEST)
        if self.parts > MOST_PARTS:
            raise InvalidFilter("filter.too_many_parts", field="filter", limit=MOST_PARTS)

    def _operation(self, node: Mapping[str, Any], depth: int) -> Any:
        name = str(node["op"]).lower()
        name = _NAMES.get(name, name)
        if name not in _ARGUMENTS:
            raise InvalidFilter(
                "filter.unknown_operator", field="filter", operator=str(node["op"])[:50]
            )
        arguments = node.get("args")
        if not isinstance(arguments, list) or not _fits(name, arguments):
            raise InvalidFilter(
                "filter.arguments", field="filter", operator=name, number=_ARGUMENTS[name]
            )
        if name == "like" and _ends_in_escape(arguments[1]):
            raise InvalidFilter("filter.like", field="filter")
        if name == "in":
            options = arguments[1]
            if not isinstance(options, list) or not options:
                raise InvalidFilter("filter.in_without_list", field="filter")
            checked = [self.node(option, depth + 1) for option in options]
            return {"op": name, "args": [self.node(arguments[0], depth + 1), checked]}
        return _in_known_words(name, [self.node(one, depth + 1) for one in arguments])

    def _property(self, node: Mapping[str, Any]) -> Any:
        return {"property": str(node["property"])}

    def _day(self, node: Mapping[str, Any]) -> Any:
        return {"date": checked_day(node["date"]).isoformat()}

    def _moment(self, node: Mapping[str, Any]) -> Any:
        return {"timestamp": checked_moment(node["timestamp"]).isoformat()}

    def _interval(self, node: Mapping[str, Any]) -> Any:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise InvalidFilter("filter.interval", field="filter")
        return {"interval": [checked_end(end) for end in ends]}

    def _bbox(self, node: Mapping[str, Any]) -> Any:
        corners = node["bbox"]
        if not isinstance(corners, list) or len(corners) not in (4, 6):
            raise InvalidFilter("filter.bbox", field="filter")
        try:
            numbers = [float(number) for number in corners]
        except (TypeError, ValueError):
            raise InvalidFilter("filter.bbox", field="filter") from None
        if not all(map(math.isfinite, numbers)):
            raise InvalidFilter("filter.bbox", field="filter")
        x_low, y_low, x_high, y_high = (
            numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
        )
        box = shapely.box(x_low, y_low, x_high, y_high)
        return self._geometry(shapely.geometry.mapping(box))

    def _geometry(self, node: Mapping[str, Any]) -> Any:
        if node["type"] == "GeometryCollection":
            raise InvalidFilter("filter.geometry_collection", field="filter")
        try:
            geometry = shape(dict(node))
        except (ShapelyError, LookupError, TypeError, ValueError, AttributeError):
            raise InvalidFilter("filter.invalid_geometry", field="filter") from None
        coordinates = shapely.get_coordinates(geometry)
        self.vertices += len(coordinates)
        if self.vertices > MOST_VERTICES:
            raise InvalidFilter("filter.too_many_vertices", field="filter", limit=MOST_VERTICES)
        if geometry.is_empty or not (abs(coordinates) < 1e9).all():  # also false for NaN
            raise InvalidFilter("filter.empty_geometry", field="filter")
        return {"type": node["type"], "coordinates": node["coordinates"]}


def _ends_in_escape(pattern: Any) -> bool:
    """Return whether the last character of a LIKE pattern escapes nothing."""
    return isinstance(pattern, str) and (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 1


def _fits(name: str, arguments: list[Any]) -> bool:
    if name in ("and", "or"):
        return len(arguments) >= _ARGUMENTS[name]
    return len(arguments) == _ARGUMENTS[name]


def _in_known_words(name: str, arguments: list[Any]) -> Any:
    """Return an operation for pygeofilter, which has no equivalent of disjoint times."""
    if name == "between":
        return {"op": name, "args": [arguments[0], arguments[1:]]}
    if name not in ("t_disjoint", "t_intersects"):
        return {"op": name, "args": arguments}
    either = [{"op": one, "args": arguments} for one in ("t_before", "t_after")]
    disjoint = {"op": "or", "args": either}
    return disjoint if name == "t_disjoint" else {"op": "not", "args": [disjoint]}
