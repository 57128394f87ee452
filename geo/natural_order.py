"""The natural order of codes: 2 before 10, 7B after 7A."""

import re

_DIGITS = re.compile(r"([0-9]+)")

NaturalKey = tuple[tuple[tuple[int, int, str], ...], str]


def natural_key(code: str) -> NaturalKey:
    """Return a sort key: runs of digits compare as numbers, all else as lowercase text.

    Codes that differ only in case or leading zeros compare by their plain text, so that the order
    is total. Numbers come before text.
    """
    return tuple(_part_key(part) for part in _DIGITS.split(code) if part), code


def _part_key(part: str) -> tuple[int, int, str]:
    if _DIGITS.fullmatch(part):
        digits = part.lstrip("0")
        return 0, len(digits), digits  # a longer run of digits is a greater number
    return 1, 0, part.casefold()
