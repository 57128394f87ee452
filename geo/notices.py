"""Statements about data: a message key and values; callers write the sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Notice:
    """A message key and its values: texts, numbers, areas, notices, or lists of these."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
