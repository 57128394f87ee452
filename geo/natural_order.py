"""The order in which people read codes: 2 before 10, 7B after 7A."""

import re

_DIGITS = re.compile(r"([0-9]+)")

NaturalKey = tuple[tuple[tuple[int, int, str], ...], str]


def natural_key(code: str) -> NaturalKey:
    """Give a sort key: runs of digits compare as numbers, all else as lower-case text.

    Codes that differ only in case or leading zeros are ordered by their plain text at last, so
    that the order is total. Numbers come before text.
    """
    return tuple(_part_key(part) for part in _DIGITS.split(code) if part), code


def _part_key(part: str) -> tuple[int, int, str]:
    if _DIGITS.fullmatch(part):
        digits = part.lstrip("0")
        return 0, len(digits), digits  # a longer number is a greater one, however long it is
    return 1, 0, part.casefold()
