"""Codes of layers that differ so little that one may be a mistake, such as ward and wards."""

import re
from collections.abc import Iterable


def find_alike(code: str, others: Iterable[str]) -> str | None:
    """Return the first of other codes that differs in number, in underscores, or by one letter."""
    return next((one for one in others if one != code and _are_alike(one, code)), None)


def _are_alike(one: str, other: str) -> bool:
    if _singular(one) == _singular(other):
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(longer) == len(shorter) + 1 and any(
        letter.isalpha() and longer[:at] + longer[at + 1 :] == shorter
        for at, letter in enumerate(longer)
    )


def _singular(code: str) -> str:
    words = (re.sub(r"ies\Z", "y", word) for word in code.split("_"))
    return "".join(word.removesuffix("s") for word in words)
