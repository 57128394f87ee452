"""Translation of CQL2 text to CQL2 JSON (OGC 21-065r2, annexes B and C)."""

from typing import Any

import shapely
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, VisitError
from shapely.errors import ShapelyError
from shapely.geometry import mapping

from geo.errors import InvalidFilter

# Operators by precedence, lowest first, as in annex B. Functions and geometries are recognized by
# name: S_INTERSECTS and TIMESTAMP are functions like others.
_GRAMMAR = r"""
?start: disjunction

?disjunction: conjunction (_OR conjunction)*         -> or_
?conjunction: negation (_AND negation)*              -> and_
?negation: _NOT negation                             -> not_
         | predicate

?predicate: sum
          | sum COMPARISON sum                       -> binary
          | sum _LIKE sum                            -> like
          | sum _NOT _LIKE sum                       -> not_like
          | sum _BETWEEN sum _AND sum                -> between
          | sum _NOT _BETWEEN sum _AND sum           -> not_between
          | sum _IN "(" sum ("," sum)* ")"           -> in_
          | sum _NOT _IN "(" sum ("," sum)* ")"      -> not_in
          | sum _IS _NULL                            -> null
          | sum _IS _NOT _NULL                       -> not_null

?sum: product | sum PLUS_MINUS product               -> binary
?product: unary | product TIMES unary                -> binary
?unary: PLUS_MINUS unary                             -> sign
      | atom

?atom: STRING                                        -> string
     | NUMBER                                        -> number
     | BOOLEAN                                       -> boolean
     | NAME "(" disjunction ("," disjunction)* ")"   -> function
     | NAME                                          -> name
     | QUOTED                                        -> quoted
     | GEOMETRY ring                                 -> geometry
     | "(" disjunction ")"

ring: "(" _part ("," _part)* ")"
_part: ring | GEOMETRY ring | COORDINATES

_OR.9: /OR\b/i
_AND.9: /AND\b/i
_NOT.9: /NOT\b/i
_LIKE.9: /LIKE\b/i
_BETWEEN.9: /BETWEEN\b/i
_IN.9: /IN\b/i
_IS.9: /IS\b/i
_NULL.9: /NULL\b/i
BOOLEAN.9: /(TRUE|FALSE)\b/i
GEOMETRY.9: /(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON)\b(\s*Z\b)?/i
          | /GEOMETRYCOLLECTION\b/i
COMPARISON: "<>" | "<=" | ">=" | "=" | "<" | ">"
PLUS_MINUS: "+" | "-"
TIMES: "*" | "/"
NAME: /[^\W\d][\w.:]*/
QUOTED: /"[^"]+"/
STRING: /'(?:[^']|'')*'/
NUMBER: /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
COORDINATES: /[-+.\d][-+.\deE,\s]*/
%ignore /\s+/
"""


@v_args(inline=True)
class _ToJson(Transformer[Token, Any]):
    """A transformer of each part of a parsed text to its JSON form."""

    def or_(self, *parts: Any) -> Any:
        return parts[0] if len(parts) == 1 else {"op": "or", "args": list(parts)}

    def and_(self, *parts: Any) -> Any:
        return parts[0] if len(parts) == 1 else {"op": "and", "args": list(parts)}

    def not_(self, part: Any) -> Any:
        return {"op": "not", "args": [part]}

    def binary(self, left: Any, operator: Token, right: Any) -> Any:
        return {"op": str(operator), "args": [left, right]}

    def like(self, left: Any, pattern: Any) -> Any:
        return {"op": "like", "args": [left, pattern]}

    def between(self, left: Any, low: Any, high: Any) -> Any:
        return {"op": "between", "args": [left, low, high]}

    def in_(self, left: Any, *values: Any) -> Any:
        return {"op": "in", "args": [left, list(values)]}

    def null(self, left: Any) -> Any:
        return {"op": "isNull", "args": [left]}

    def not_like(self, *parts: Any) -> Any:
        return self.not_(self.like(*parts))

    def not_between(self, *parts: Any) -> Any:
        return self.not_(self.between(*parts))

    def not_in(self, *parts: Any) -> Any:
        return self.not_(self.in_(*parts))

    def not_null(self, *parts: Any) -> Any:
        return self.not_(self.null(*parts))

    def sign(self, operator: Token, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return -value if operator == "-" else value
        return {"op": str(operator), "args": [0, value]}

    def string(self, token: Token) -> str:
        return token[1:-1].replace("''", "'")

    def number(self, token: Token) -> int | float:
        return int(token) if token.isdigit() else float(token)

    def boolean(self, token: Token) -> bool:
        return token.lower() == "true"

    def name(self, token: Token) -> Any:
        return {"property": str(token)}

    def quoted(self, token: Token) -> Any:
        return {"property": token[1:-1]}

    def function(self, name: Token, *arguments: Any) -> Any:
        word = name.lower()
        if word in ("date", "timestamp"):
            return {word: arguments[0]}
        if word in ("interval", "bbox"):
            return {word: list(arguments)}
        return {"op": word, "args": list(arguments)}

    def geometry(self, kind: Token, ring: str) -> Any:
        return mapping(shapely.from_wkt(f"{kind}{ring}"))

    def ring(self, *parts: str) -> str:
        return f"({_listed(parts)})"


def _listed(parts: tuple[str, ...]) -> str:
    """Join the parts of a geometry, in which a type directly precedes its ring."""
    text = ""
    for part in parts:
        after_a_kind = text and text[-1].isalpha()
        text += part if not text or after_a_kind else f", {part}"
    return text


_parser = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


def text_to_json(text: str) -> Any:
    """Return the CQL2 JSON of a CQL2 text; raise InvalidFilter with the position of the error."""
    try:
        return _ToJson().transform(_parser.parse(text))
    except VisitError as error:
        if isinstance(error.orig_exc, ShapelyError):
            raise InvalidFilter("filter.invalid_geometry", field="filter") from None
        raise InvalidFilter("filter.not_cql2_text", field="filter") from None
    except LarkError as error:
        column = getattr(error, "column", None)
        if isinstance(column, int) and column > 0:
            raise InvalidFilter("filter.syntax", field="filter", column=column) from None
        raise InvalidFilter("filter.incomplete", field="filter") from None
