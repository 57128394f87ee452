"""House numbers: how registers write them, which one a text means, and ranges."""

import re
from collections.abc import Iterator, Sequence

_WHOLE = re.compile(r"(\d+)\.0+")
_LETTER = re.compile(r"(\d+)[\s-]?([A-Za-z])")
_RANGE = re.compile(r"(\d+)\s*[-\N{EN DASH}]\s*(\d+)")

_MISSING = ("", "0", "none", "null", "<null>", "nan", "n/a", "-")
"""What registers write where there is no number or name, in small letters."""

_REPEATS = ("bis", "ter", "quater")
"""What follows a number that is there twice, in French, Italian, and Spanish."""

_FRACTION = re.compile(r"\d+/\d+")

LONGEST_RANGE = 100
"""Difference of the ends of a range."""


def is_missing(text: str) -> bool:
    """Return whether a cell of a register has no value, such as NULL or 0."""
    return without_decimals(text).lower() in _MISSING


def without_decimals(text: str) -> str:
    """Return 108 for 108.0, as programs write numbers of a column with empty cells."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def number_in_register(text: str) -> str:
    """Return a house number without decimals and blanks: 122 A becomes 122A, 124 - 126 124-126."""
    plain = without_decimals(text)
    for pattern, joined in ((_LETTER, "{}{}"), (_RANGE, "{}-{}")):
        found = pattern.fullmatch(plain)
        if found is not None:
            return joined.format(*found.groups())
    return plain


def numbers_at(words: Sequence[str], first: int) -> Iterator[tuple[str, int]]:
    """Yield the house numbers that can start at a word, longest first, and the place behind each.

    words are normalized. 5 bis and 12 1/2 are one number. So is 122 A, unless the street is A.
    """
    word, following = words[first], words[first + 1] if first + 1 < len(words) else ""
    if _FRACTION.fullmatch(following):
        yield f"{word} {following}", first + 2
    elif word.isdigit() and following in _REPEATS:
        yield f"{word}{following}", first + 2
    else:
        if word.isdigit() and len(following) == 1 and following.isalpha():
            yield f"{word}{following}", first + 2
        yield word, first + 1


def ends_of_range(number: str) -> tuple[int, int] | None:
    """Return the ends of a range such as 124-126; None for other numbers.

    Numbers such as 34-12 in Queens are not ranges, as the second part is smaller.
    """
    found = re.fullmatch(r"(\d+)-(\d+)", number, re.ASCII)
    if found is None:
        return None
    low, high = int(found[1]), int(found[2])
    return (low, high) if low < high <= low + LONGEST_RANGE else None


def is_in_range(number: str, range_: str) -> bool:
    """Return whether a house number is part of a range of a register, on its side of the street."""
    ends = ends_of_range(range_)
    if ends is None or not number.isdigit():
        return False
    low, high = ends
    has_both_sides = (high - low) % 2 == 1
    value = int(number)
    return low <= value <= high and (has_both_sides or value % 2 == low % 2)
