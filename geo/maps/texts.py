"""Codes and names as the fields of a file contain them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from geo.errors import InvalidBoundaryFile
from geo.natural_order import natural_key
from geo.notices import Notice

_MISSING = ("null", "<null>", "none")
"""What programs write as text where there is no value, in any case."""

_JOINERS = "\u200c\u200d"
"""Zero-width characters that are part of the spelling of names in some languages."""

_WHOLE = re.compile(r"(\d+)\.0+")


def as_text(value: object) -> str:
    """Return a field's value as a code or name: 3.0 becomes 3, a missing value "".

    All kinds of spaces become plain ones. Drops control characters, which XML cannot contain.
    """
    if value is None or value != value:  # a missing number is read as NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = "".join(map(_plain, str(value))).strip()
    return "" if text.lower() in _MISSING else text


def _plain(letter: str) -> str:
    if letter.isspace():
        return " "
    return letter if letter.isprintable() or letter in _JOINERS else ""


def check_codes(file: str, numbers: Sequence[int], values: Iterable[object]) -> list[str]:
    """Return codes as texts; raise InvalidBoundaryFile if two different ones become equal.

    numbers are those of the features.
    """
    codes = []
    first: dict[str, tuple[int, object]] = {}
    for number, value in zip(numbers, values, strict=True):
        code = as_text(value)
        codes.append(code)
        earlier, original = first.setdefault(code, (number, value))
        if code and str(original) != str(value):
            raise InvalidBoundaryFile(
                "file.codes_become_equal",
                field="code_field",
                file=file,
                code=code,
                numbers=[earlier, number],
            )
    return codes


def codes_alike(codes: Iterable[str]) -> Iterator[Notice]:
    """Yield a notice for each code such as 1.0 that a file has next to 1."""
    present = set(codes)
    for code in sorted(present, key=natural_key):
        whole = _WHOLE.fullmatch(code)
        if whole is not None and whole[1] in present:
            yield Notice("codes.alike", {"one": whole[1], "other": code})
