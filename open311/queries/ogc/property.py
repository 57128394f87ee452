"""Property: what a feature shows under a name, for lists, filters, tiles and files alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class Property:
    """A property of a feature. kind is text, number, boolean or moment; NULL where it has none.

    is_any_of gives the condition that it has one of some values, and is_set the condition that it
    has any, where the search has one that is faster than to compare (search/conditions.py).
    is_true is the same for a boolean, and may be NULL where the column is false.
    """

    kind: str
    title: str
    column: Any
    is_any_of: Callable[[Sequence[str]], ColumnElement[bool]] | None = None
    is_set: Callable[[], ColumnElement[bool]] | None = None
    is_true: Callable[[], ColumnElement[bool]] | None = None


Properties = Mapping[str, Property]
