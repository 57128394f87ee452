"""Property: what a feature shows under a name, for lists, filters, tiles and files alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class Property:
    """A property of a feature. kind is text, number, boolean or moment; NULL where it has none.

    equals gives the condition that it has a value where there is a faster one than to compare.
    """

    kind: str
    title: str
    column: Any
    equals: Callable[[str], ColumnElement[bool]] | None = None


Properties = Mapping[str, Property]
