"""Setting: one environment variable, how it is read, and what it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One environment variable: a missing or empty one takes the default; None means required."""

    name: str
    parse: Callable[[str], Any]
    default: str | None
    meaning: str
