"""Property of features, for lists, filters, tiles, and files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class Property:
    """A property of a feature. kind is text, number, boolean, moment, or day.

    is_any_of returns the condition that it has one of several values, and is_set the condition that
    it has a value, if the search has a faster condition than a comparison (search/conditions.py).
    is_true is the same for a boolean; it can be NULL if the column is false.
    """

    kind: str
    title: str
    column: Any
    is_any_of: Callable[[Sequence[str]], ColumnElement[bool]] | None = None
    is_set: Callable[[], ColumnElement[bool]] | None = None
    is_true: Callable[[], ColumnElement[bool]] | None = None


Properties = Mapping[str, Property]
