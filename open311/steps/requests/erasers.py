"""What was erased, and what remains of texts in routing steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from open311.personal_data import ERASED
from open311.steps.requests.reach import Reach
from schemas.vocabulary.retention import FREE_TEXT

Eraser = Callable[[int, Any], Any]
"""Returns what remains of a value, given the key of its row."""


@dataclass
class Erased:
    """The number of erased values by kind, and the names of the photos among them.

    is_held: the service request has a legal hold, so that nothing was erased.
    """

    counts: dict[str, int] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)
    is_held: bool = False

    def add(self, kind: str, number: int) -> None:
        """Add to the number of a kind; kinds with 0 are left out."""
        if number:
            self.counts[kind] = self.counts.get(kind, 0) + number


def without_reasons(reasons: Mapping[str, str], reach: Reach) -> Eraser:
    """Return an eraser of words, and of transfer reasons that other columns repeat."""
    longest_first = sorted(reasons, key=len, reverse=True)

    def erase(key: int, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: erase(key, one) for name, one in value.items()}
        if not isinstance(value, str):
            return reach.words.erase_in(value)
        for reason in longest_first:
            if value.endswith(f": {reason}"):
                value = value.removesuffix(reason) + reasons[reason]
        return reach.words.erase(value)

    return erase


def replaced_eraser(erase: Eraser, reach: Reach) -> Eraser:
    """Return an eraser of replaced values: answers of the requester, and words of the others."""

    def erase_replaced(key: int, value: Any) -> Any:
        kept = {
            name: _address(one, reach)
            if name == "address"
            else reach.words.erase_in(erase(key, one))
            for name, one in value.items()
        }
        if reach.requester and FREE_TEXT in reach.series and kept.get("answers"):
            kept["answers"] = dict.fromkeys(kept["answers"], ERASED)
        return kept

    return erase_replaced


def _address(text: str, reach: Reach) -> str:
    whole = reach.texts and reach.requester
    return ERASED if whole and text else reach.words.erase_in_address(text)
