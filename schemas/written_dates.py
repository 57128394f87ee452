"""Dates as people and phones write them, such as 11/27/2026 or 27. November 2026.

The order of day and month is that of the country of a time zone, from Unicode CLDR.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import chain

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, get_date_format, get_month_names
from dateutil.parser import parser, parserinfo

from schemas.vocabulary.languages import LANGUAGES

_LONGEST = 60  # characters
_EXAMPLE = date(2026, 11, 27)
_NUMBERS = re.compile(r"\d+")
_PARTS = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\d\s*\.\s*\d")

# What a text leaves open is filled in from these, and so differs.
_FILLINGS = (datetime(2000, 1, 1, 0, 0), datetime(2004, 2, 2, 1, 1))  # noqa: DTZ001


class _Words(parserinfo):  # type: ignore[misc]
    """The names of months in the languages of the pages and of a country."""

    def __init__(self, locale: Locale | None) -> None:
        languages = [Locale(code) for code in LANGUAGES] + ([locale] if locale else [])
        names = _month_names(languages)
        english = enumerate(parserinfo.MONTHS, 1)
        self.MONTHS = [(*known, *names[number]) for number, known in english]
        self.JUMP = [*parserinfo.JUMP, "de", "del"]  # 27 de noviembre de 2026
        super().__init__()


class Country:
    """The country of a time zone: how its dates are written. Unknown for zones such as UTC."""

    def __init__(self, locale: Locale | None) -> None:
        self.locale = locale
        self.parser = parser(_Words(locale))
        pattern = get_date_format("short", locale).pattern.lower() if locale else "y"
        self.order = re.sub("[^dmy]|(.)(?=.*\\1)", "", pattern)  # such as mdy

    def read(self, text: str) -> tuple[datetime, bool]:
        """Return a date and time, naive without an offset, and whether it has a time.

        Raises ValueError if the text is not a complete date, or if its day and month could be
        exchanged and the country has no order for them.
        """
        if len(text) > _LONGEST or len(_PARTS.findall(text)) < 3:
            raise ValueError(text)
        numbers = _NUMBERS.findall(text)
        month_first = self._parse(text, day_first=False)
        if numbers[:1] == [f"{month_first[0].year:04}"]:
            return month_first
        day_first = self._parse(text, day_first=True)
        found = day_first if self.order.startswith("d") else month_first
        if f"{found[0].year:04}" not in numbers:
            return self._with_short_year(found, numbers)
        if month_first != day_first and not self._decides(text):
            raise ValueError(text)
        return found

    def example(self) -> str:
        """Return a date as this country writes it in digits."""
        separator = "." if self.order == "dmy" and self._has_dots() else "/"
        parts = {"d": f"{_EXAMPLE:%d}", "m": f"{_EXAMPLE:%m}", "y": f"{_EXAMPLE:%Y}"}
        known = self.order in ("dmy", "mdy")
        return separator.join(parts[one] for one in self.order) if known else f"{_EXAMPLE}"

    def _parse(self, text: str, *, day_first: bool) -> tuple[datetime, bool]:
        try:
            one, other = (
                self.parser.parse(text, default, dayfirst=day_first, tzinfos=_offset)
                for default in _FILLINGS
            )
        except (ArithmeticError, AttributeError, IndexError, TypeError) as error:
            raise ValueError(text) from error
        if one.date() != other.date():
            raise ValueError(text)
        return one, one.hour == other.hour

    def _decides(self, text: str) -> bool:
        """Return whether the country's order applies: with dots, the day always comes first."""
        return self.order == "dmy" or (self.order == "mdy" and not _DOTTED.search(text))

    def _with_short_year(
        self, found: tuple[datetime, bool], numbers: list[str]
    ) -> tuple[datetime, bool]:
        """Return a date whose year has two digits, if it is in the order of the country."""
        day = found[0]
        parts = {"d": day.day, "m": day.month, "y": day.year % 100}
        if [one.zfill(2) for one in numbers[:3]] != [f"{parts[one]:02}" for one in self.order]:
            raise ValueError(numbers)
        return found

    def _has_dots(self) -> bool:
        return "." in format_date(_EXAMPLE, "short", self.locale)


def _offset(name: str | None, seconds: int | None) -> tzinfo | None:
    """Return the zone of an offset; the name of a zone alone has several meanings."""
    if seconds is None:
        if name:
            raise ValueError(name)
        return None
    return timezone(timedelta(seconds=seconds))


def _month_names(locales: Iterable[Locale]) -> dict[int, list[str]]:
    """Return the names of each month that are one word, without a final dot."""
    names: dict[int, list[str]] = {number: [] for number in range(1, 13)}
    for locale in locales:
        wide, short = (
            get_month_names("wide", locale=locale),
            get_month_names("abbreviated", locale=locale),
        )
        for number, name in chain(wide.items(), short.items()):
            word = name.rstrip(".").lower()
            if word.isalpha():
                names[number].append(word)
    return names


@lru_cache(maxsize=64)
def country_of(zone: tzinfo) -> Country:
    """Return the country of a time zone, with its most common language."""
    name = get_global("zone_aliases").get(str(zone), str(zone))
    territory = get_global("zone_territories").get(name, "ZZ")
    try:
        locale = None if territory in ("ZZ", "001") else Locale.parse(f"und_{territory}")
    except (ValueError, UnknownLocaleError):
        locale = None
    return Country(locale)
