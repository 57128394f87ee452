"""Field types of searches: whole numbers, meters, bounding boxes, and words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields

from schemas.errors import Invalid
from schemas.fields import BarSeparated, CommaSeparated, Degrees, Number, Repeated, Text
from schemas.requests.statuses import LONGEST_WORD, as_status
from schemas.vocabulary.statuses import DETAILED_STATUSES

LONGEST_RADIUS = 100_000  # meters

DEFAULT_RADIUS = 1_000
"""Meters around lat and long in a list without a radius."""

CIRCLE = ("lat", "long", "radius")
"""Parameters that make a circle together."""

MOST_PLACES = 200
"""Points of a polygon or a line: a number that fits into a URL."""

_LARGEST = 10**18


def known_statuses(words: Sequence[str]) -> list[str]:
    """Return the stored form of statuses to filter by; raise ValidationError if one is unknown."""
    for word in words:
        if as_status(word) not in DETAILED_STATUSES:
            raise Invalid("status.filter", word=word[:LONGEST_WORD], choices=DETAILED_STATUSES)
    return [as_status(word) for word in words]


class Statuses(CommaSeparated):
    """Statuses to filter by, separated by commas, in their stored form."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> list[str]:
        return known_statuses(super()._deserialize(value, attr, data, **options))


class RepeatedStatuses(Repeated):
    """Statuses to filter by, each its own parameter, in their stored form."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> list[str]:
        return known_statuses(super()._deserialize(value, attr, data, **options))


class WholeNumber(fields.Field[int]):
    """A whole number of at least low; larger numbers are limited to 10**18."""

    def __init__(self, low: int, **options: Any) -> None:
        super().__init__(**options)
        self.low = low

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> int:
        text = str(value).strip()
        if text.isascii() and text.isdigit():
            number = min(int(text), _LARGEST) if len(text) < 20 else _LARGEST
            if number >= self.low:
                return number
        raise Invalid("field.low", low=self.low)


class Meters(Number):
    """A distance in meters: more than 0, and at most limit."""

    def __init__(self, limit: int, **options: Any) -> None:
        super().__init__(**options)
        self.limit = limit

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        meters = float(super()._deserialize(value, attr, data, **options))
        if not 0 < meters <= self.limit:
            raise Invalid("field.meters", limit=self.limit)
        return meters


class BoundingBox(fields.Field[dict[str, float]]):
    """A bounding box as minlong,minlat,maxlong,maxlat in degrees; also with semicolons.

    Deserializes to the four values by name. A box whose minlong is greater than its maxlong crosses
    the antimeridian.
    """

    names = ("minlong", "minlat", "maxlong", "maxlat")

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> dict[str, float]:
        texts = re.split("[,;]", str(value))
        if len(texts) != len(self.names):
            raise Invalid("bbox.format")
        box = {
            name: self._degrees(name, text) for name, text in zip(self.names, texts, strict=True)
        }
        if box["minlat"] > box["maxlat"]:
            raise Invalid("bbox.latitudes")
        return box

    @staticmethod
    def _degrees(name: str, text: str) -> float:
        try:
            degrees: float = Degrees(180 if name.endswith("long") else 90).deserialize(text)
        except ValidationError:
            raise Invalid("bbox.format") from None
        return degrees


class Places(fields.Field[list[tuple[float, float]]]):
    """Points as lat,long;lat,long and so on, in degrees on WGS 84."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[tuple[float, float]]:
        pairs = [text.split(",") for text in str(value).strip(" ;").split(";")]
        if len(pairs) > MOST_PLACES or any(len(pair) != 2 for pair in pairs):
            raise Invalid("points.format", limit=MOST_PLACES)
        try:
            return [place_of(*pair) for pair in pairs]
        except ValidationError:
            raise Invalid("points.format", limit=MOST_PLACES) from None


def place_of(lat: str, long: str) -> tuple[float, float]:
    """Return the degrees of a point; raises ValidationError."""
    return Degrees(90).deserialize(lat), Degrees(180).deserialize(long)


class SearchWords(Text):
    """Search words in the syntax of web search: word "some phrase" -without or."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not re.search(r"\w", text):
            raise Invalid("q.no_words")
        return text


class BoundaryCodes(BarSeparated):
    """Boundaries as layer:code, such as ward:2; a code may contain a colon."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        found = super()._deserialize(value, attr, data, **options)
        pairs = [tuple(part.strip() for part in text.split(":", 1)) for text in found]
        if not all(len(pair) == 2 and all(pair) for pair in pairs):
            raise Invalid("boundary.format")
        return pairs
