"""Normalized address words, and the choice of the register's address that a text means."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from geo.coordinates import Point, meters_between

ONE_PLACE = 100
"""Meters within which several matching addresses count as one location (units of one house)."""

MOST_WORDS = 20
"""Words of a text that are compared: the most specific part comes first (spec 2.3)."""


def _read_abbreviations() -> dict[str, str]:
    """Return the abbreviation of each word, both in lower case.

    Directions, street suffixes, and unit designators of the US Postal Service (Publication 28,
    appendices B, C1, and C2: https://pe.usps.com/text/pub28/).
    """
    text = resources.files("geo.addresses").joinpath("usps_abbreviations.csv").read_text("ascii")
    return {
        word: row["abbreviation"]
        for row in csv.DictReader(text.splitlines())
        for word in row["words"].split()
    }


# In addition: "saint" before a name, and German street types, which are part of one word.
_ABBREVIATIONS = _read_abbreviations() | {"saint": "st", "strasse": "st"}

_DOT_OF_INITIAL = re.compile(r"(?<=\b[^\W\d])\.(?=[^\W\d]|\b|\s|$)")

_WORD = re.compile(r"\d+(?:[/-][^\W_]+)+|[^\W_]+")

_ZIP_PLUS_FOUR = re.compile(r"\b(\d{5})-\d{4}\b", re.ASCII)

_APOSTROPHES = re.compile("['’`]")  # noqa: RUF001

_FRACTION = re.compile(r"\d+/\d+")


def address_words(text: str) -> list[str]:
    """Return the normalized words of an address, for comparison.

    Ignores case, accents, periods, and commas. Street suffixes and directions are abbreviated: "111
    South Broad Street" becomes 111 s broad st.
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
    """Return the normalized words of an address, joined by blanks."""
    return " ".join(address_words(text))


@dataclass(frozen=True)
class HouseNumber:
    """A house number and a street, both as normalized words in one text."""

    number: str
    street: str


def house_numbers(words: Sequence[str]) -> list[HouseNumber]:
    """List the possible house numbers and streets in the words of an address, longest first.

    Any word with a digit may be the number. The street is the words after it, up to each possible
    end, or else the words before it. Anything after the street is ignored.
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
    """An address of a register. house is the normalized number and street, for comparison."""

    address_id: str
    address: str
    house: HouseNumber
    unit: str
    city: str
    zipcode: str
    point: Point


@dataclass(frozen=True)
class Meant:
    """The match of a text: one address, several that are far apart, or none."""

    address: AddressPoint | None
    candidates: Sequence[AddressPoint]

    @property
    def is_ambiguous(self) -> bool:
        """Whether several addresses match equally well."""
        return self.address is None and bool(self.candidates)


def choose_address(words: Sequence[str], addresses: Sequence[AddressPoint]) -> Meant:
    """Choose the address that words mean among the candidates, in their order.

    The longest street wins, then the postal code, city, and unit, if the words include them. The
    remaining addresses must be within ONE_PLACE of each other, else none is chosen.
    """
    left: Sequence[AddressPoint] = addresses
    if left:
        longest = max(len(one.house.street.split()) for one in left)
        left = [one for one in left if len(one.house.street.split()) == longest]
    for part in ("zipcode", "city", "unit"):
        left = [one for one in left if _is_named(getattr(one, part), words)] or left
    if not left or any(meters_between(left[0].point, one.point) > ONE_PLACE for one in left):
        return Meant(None, left)
    return Meant(left[0], left)


def _is_named(part: str, words: Sequence[str]) -> bool:
    wanted = address_words(part)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(words)} "
