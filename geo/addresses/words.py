"""Normalized address words, and the choice of the register's address that a text means."""

import csv
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from geo.addresses.numbers import is_in_range, numbers_at
from geo.coordinates import Point, meters_between

ONE_PLACE = 100
"""Meters within which several matching addresses count as one location (units of one house)."""

MOST_WORDS = 20
"""Words of a text that are compared: the most specific part comes first (spec 2.3)."""


def _read_words(name: str) -> dict[str, str]:
    """Return the abbreviation of each word of a table, both in small letters."""
    text = resources.files("geo.addresses").joinpath(name).read_text("ascii")
    return {
        word: row["abbreviation"]
        for row in csv.DictReader(text.splitlines())
        for word in row["words"].split()
    }


# Directions, street suffixes, and unit designators of the US Postal Service (Publication 28,
# appendices B, C1, and C2: https://pe.usps.com/text/pub28/), and words of street names in other
# languages. A word that is in both is an American one. In addition: "saint" before a name, and
# German street types, which are part of one word.
_ABBREVIATIONS = (
    _read_words("street_words.csv")
    | _read_words("usps_abbreviations.csv")
    | {"saint": "st", "strasse": "st", "straat": "st"}
)

_DESIGNATORS = (
    *("apt", "bldg", "dept", "fl", "lot", "no", "ofc", "rm", "spc", "ste", "top", "trlr", "unit"),
)
"""Words before the number or letter of a unit."""

_COMPOUNDS = (("strasse", "str"), ("straat", "str"), ("platz", "pl"), ("gasse", "g"))
"""Ends of German and Dutch words for streets, and their abbreviations."""

_DOT_OF_INITIAL = re.compile(r"(?<=\b[^\W\d])\.(?=[^\W\d]|\b|\s|$)")

_WORD = re.compile(r"\d+(?:[/-][^\W_]+)+|[^\W_]+")

_ZIP_PLUS_FOUR = re.compile(r"\b(\d{5})-\d{4}\b", re.ASCII)

_APOSTROPHES = re.compile("['’`]")  # noqa: RUF001

_VULGAR = re.compile("[\N{VULGAR FRACTION ONE QUARTER}-\N{VULGAR FRACTION THREE QUARTERS}]")

_FRACTION_SLASH = "\N{FRACTION SLASH}"

_DASHES = re.compile("[\N{HYPHEN}-\N{EM DASH}\N{MINUS SIGN}]")


def address_words(text: str) -> list[str]:
    """Return the normalized words of an address, for comparison.

    Ignores case, accents, periods, and commas. Street suffixes and directions are abbreviated: "111
    South Broad Street" becomes 111 s broad st.
    """
    apart = _VULGAR.sub(r" \g<0> ", _DASHES.sub("-", text))  # 106½ is not 1061/2
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", apart).casefold())
    folded = folded.replace(_FRACTION_SLASH, "/")
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    plain = _DOT_OF_INITIAL.sub("", _APOSTROPHES.sub("", plain))
    plain = _ZIP_PLUS_FOUR.sub(r"\1", plain)
    return [_short(word) for word in _WORD.findall(plain)]


def _short(word: str) -> str:
    if word in _ABBREVIATIONS:
        return _ABBREVIATIONS[word]
    for end, short in _COMPOUNDS:
        if word.endswith(end) and word != end:
            return word.removesuffix(end) + short
    return word


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
        for place, (number, behind) in enumerate(numbers_at(words, first)):
            for end in range(behind + 1, len(words) + 1):
                yield HouseNumber(number, " ".join(words[behind:end]))
            if place:  # after the street, 5 a is one number
                continue
            for start in range(first):
                yield HouseNumber(number, " ".join(words[start:first]))


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

    The longest street wins, then a house of this very number over a range that has it, then the
    postal code, city, and unit, if the words include them. The remaining addresses must be within
    ONE_PLACE of each other, else none is chosen.
    """
    wanted = house_numbers(words)
    left = [one for one in addresses if is_meant(one.house, wanted)]
    if left:
        longest = max(len(one.house.street.split()) for one in left)
        left = [one for one in left if len(one.house.street.split()) == longest]
        left = [one for one in left if one.house in wanted] or left
    for part in ("zipcode", "city"):
        left = [one for one in left if is_named(getattr(one, part), words)] or left
    left = [one for one in left if is_named(_unit(one), _behind(one.house, words))] or left
    return only_place(left)


def only_place(addresses: Sequence[AddressPoint]) -> Meant:
    """Return the first of several addresses if all of them are one place, or else none of them."""
    if not addresses or any(
        meters_between(addresses[0].point, one.point) > ONE_PLACE for one in addresses
    ):
        return Meant(None, addresses)
    return Meant(addresses[0], addresses)


def is_meant(house: HouseNumber, wanted: Collection[HouseNumber]) -> bool:
    """Return whether a house is one of those wanted, or one is a range that has the other."""
    return house in wanted or any(
        house.street == one.street
        and (is_in_range(one.number, house.number) or is_in_range(house.number, one.number))
        for one in wanted
    )


def _behind(house: HouseNumber, words: Sequence[str]) -> Sequence[str]:
    """Return the words without number and street, so that unit 104 is not the house 104."""
    text = f" {' '.join(words)} "
    for part in (house.street, house.number):
        text = text.replace(f" {part} ", "  ", 1)
    return text.split()


def _unit(address: AddressPoint) -> str:
    """Return a unit without its designator: APT 2B, Unit 2B, and #2B are one."""
    words = [word for word in address_words(address.unit) if word not in _DESIGNATORS]
    return " ".join(words) or address.unit


def is_named(part: str, words: Sequence[str]) -> bool:
    """Return whether normalized words contain those of a city, a postal code, or a unit."""
    wanted = address_words(part)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(words)} "
