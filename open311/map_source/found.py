"""What reading boundaries from an address gives."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Tell = Callable[[int, int, int | None], None]
"""A function that is called after each page: its number, the features so far, and the expected."""


@dataclass(frozen=True)
class Downloaded:
    """A file with all features of an address.

    source names it, address has no secrets such as tokens, and license is empty if none is named.
    """

    path: Path
    source: str
    address: str
    license: str
