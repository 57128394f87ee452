"""Addresses as words that compare alike, and which of a register's addresses a text means."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from geo.coordinates import Point, metres_between

ONE_PLACE = 100
"""Metres within which addresses that a text may mean are one place, as flats of one house are."""

MOST_WORDS = 20
"""Of a text, that are looked at: the most specific part comes first (spec 2.3)."""


def _read_abbreviations() -> dict[str, str]:
    """Return the abbreviation of each word, both in lower case.

    Directions, street suffixes and unit designators of the US Postal Service
    (Publication 28, appendices B, C1 and C2: https://pe.usps.com/text/pub28/).
    """
    text = resources.files("geo.addresses").joinpath("usps_abbreviations.csv").read_text("ascii")
    return {
        word: row["abbreviation"]
        for row in csv.DictReader(text.splitlines())
        for word in row["words"].split()
    }


# Beside them a saint in front of a name, and German streets, which are one word with their kind.
_ABBREVIATIONS = _read_abbreviations() | {"saint": "st", "strasse": "st"}

_DOT_OF_INITIAL = re.compile(r"(?<=\b[^\W\d])\.(?=[^\W\d]|\b|\s|$)")

_WORD = re.compile(r"\d+(?:[/-][^\W_]+)+|[^\W_]+")

_ZIP_PLUS_FOUR = re.compile(r"\b(\d{5})-\d{4}\b", re.ASCII)

_APOSTROPHES = re.compile("['’`]")  # noqa: RUF001

_FRACTION = re.compile(r"\d+/\d+")


def address_words(text: str) -> list[str]:
    """Give the words of an address so that two ways of writing it become one.

    Case, accents, points and commas do not count, nor does whether the kind of a street or a
    direction is written out: "111 South Broad Street" is 111 s broad st.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    plain = _DOT_OF_INITIAL.sub("", _APOSTROPHES.sub("", plain))
    plain = _ZIP_PLUS_FOUR.sub(r"\1", plain)
    return [_short(word) for word in _WORD.findall(plain)]


def _short(word: str) -> str:
    if word in _ABBREVIATIONS:
        return _ABBREVIATIONS[word]
    return f"{word.removesuffix('strasse')}str" if word.endswith("strasse") else word


def in_one(text: str) -> str:
    """Give the words of an address in one text."""
    return " ".join(address_words(text))


@dataclass(frozen=True)
class HouseNumber:
    """A number and a street, both as words in one text."""

    number: str
    street: str


def house_numbers(words: Sequence[str]) -> list[HouseNumber]:
    """List what a text may say of number and street, whatever comes behind them.

    Any word with a digit may be the number. The street is what follows it, as far as it may
    reach, or else what stands before it. The longest comes first.
    """
    found = dict.fromkeys(_readings(words[:MOST_WORDS]))
    return sorted(found, key=lambda one: -len(one.street.split()))


def _readings(words: Sequence[str]) -> Iterator[HouseNumber]:
    for first, word in enumerate(words):
        if not any(letter.isdigit() for letter in word):
            continue
        for behind in (first + 1, first + 2):
            if behind == first + 2 and not _FRACTION.fullmatch(_at(words, first + 1)):
                break
            number = " ".join(words[first:behind])
            for end in range(behind + 1, len(words) + 1):
                yield HouseNumber(number, " ".join(words[behind:end]))
            for start in range(first):
                yield HouseNumber(number, " ".join(words[start:first]))


def _at(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""


@dataclass(frozen=True, kw_only=True)
class AddressPoint:
    """An address of a register. house holds number and street as words, for comparing."""

    address_id: str
    address: str
    house: HouseNumber
    unit: str
    city: str
    zipcode: str
    point: Point


@dataclass(frozen=True)
class Meant:
    """What a text means: an address, or several far apart, or none."""

    address: AddressPoint | None
    candidates: Sequence[AddressPoint]

    @property
    def is_ambiguous(self) -> bool:
        """Whether there are several, and none can be told from the others."""
        return self.address is None and bool(self.candidates)


def choose_address(words: Sequence[str], addresses: Sequence[AddressPoint]) -> Meant:
    """Choose the address that words mean among those of its house numbers, in their order.

    The longest street wins; then postal code, city and unit, as far as they are named. What is
    left must lie within ONE_PLACE, else nothing is chosen.
    """
    left: Sequence[AddressPoint] = addresses
    if left:
        longest = max(len(one.house.street.split()) for one in left)
        left = [one for one in left if len(one.house.street.split()) == longest]
    for part in ("zipcode", "city", "unit"):
        left = [one for one in left if _is_named(getattr(one, part), words)] or left
    if not left or any(metres_between(left[0].point, one.point) > ONE_PLACE for one in left):
        return Meant(None, left)
    return Meant(left[0], left)


def _is_named(part: str, words: Sequence[str]) -> bool:
    wanted = address_words(part)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(words)} "
