"""Field types of the standard: texts, coordinates, times, and lists in one value."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from marshmallow import fields, validate

from schemas.errors import Invalid
from schemas.written_dates import country_of

# All characters that XML 1.0 excludes, surrogates included (https://www.w3.org/TR/xml/#charsets).
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOST_PLUS = re.compile(r"(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) (\d{2}:?\d{2})$")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 100  # characters
_YEARS = range(1900, 2200)  # far from the limits of datetime, where adding days would overflow


def printable(text: str) -> str:
    """Drop the characters that XML excludes, such as NUL."""
    # XML excludes nothing that Python calls printable, as most texts are.
    return text if text.isprintable() else _NOT_IN_XML.sub("", text)


def says(description: str, **more: Any) -> dict[str, Any]:
    """Return the field options that add a description to the API document."""
    return {"metadata": {"description": description, **more}}


class Text(fields.String):
    """Text of limited length, without the characters that XML excludes."""

    def __init__(self, limit: int, **options: Any) -> None:
        super().__init__(**options)
        self.limit = limit

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = printable(super()._deserialize(value, attr, data, **options) or "")
        if len(text) > self.limit:
            raise Invalid("field.too_long", length=len(text), limit=self.limit)
        return text


class WebAddress(Text):
    """An http or https address."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options).strip()
        validate.URL(schemes={"http", "https"}, require_tld=False, error="field.url")(text)
        return text


class Degrees(fields.Field[float]):
    """A latitude or longitude in decimal degrees on WGS 84, from -limit to limit."""

    def __init__(self, limit: int, **options: Any) -> None:
        super().__init__(**options)
        self.limit = limit

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> float:
        text = str(value).strip()
        degrees = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not -self.limit <= degrees <= self.limit:
            raise Invalid("field.latitude" if self.limit == 90 else "field.longitude")
        return degrees


class W3CDateTime(fields.Field[datetime]):
    """A date and time in the W3C profile of ISO 8601 (https://www.w3.org/TR/NOTE-datetime).

    Accepts values with or without seconds and fractions, a blank from a decoded +, lower-case t and
    z (RFC 3339), and a date alone (its first moment, or its last with last_moment=True). A time
    without a zone is in the zone of the field. Deserializes to an aware datetime in UTC.
    """

    def __init__(self, zone: tzinfo = UTC, *, last_moment: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.zone = zone
        self.last_moment = last_moment

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> datetime:
        try:
            moment = self._parse(str(value).strip())
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)
            if moment.year not in _YEARS:
                raise ValueError(moment)
            return moment
        except (ValueError, OverflowError):
            raise self._refusal() from None

    def _parse(self, text: str) -> datetime:
        if _DATE.fullmatch(text):
            return self._on(date.fromisoformat(text))
        if _DATE.match(text):
            return datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text.upper()))
        raise ValueError(text)  # fromisoformat also accepts formats such as week dates

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, time(23, 59, 59) if self.last_moment else time())

    def _refusal(self) -> Invalid:
        return Invalid("field.date_time")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else w3c(value)


def w3c(moment: datetime) -> str:
    """Return an aware UTC datetime as text in whole seconds, such as 2026-03-09T14:05:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class LocalDateTime(W3CDateTime):
    """A date and time as clients send it, or a date as written in the country of the zone.

    See Country.read for such dates.
    """

    def _parse(self, text: str) -> datetime:
        if _DATE.match(text):
            return super()._parse(text)
        moment, has_time = country_of(self.zone).read(text)
        return moment if has_time else self._on(moment.date())

    def _refusal(self) -> Invalid:
        return Invalid("field.date", example=country_of(self.zone).example())


class Number(fields.Field[str]):
    """A decimal number, kept as text in its original form."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        text = str(value).strip()
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise Invalid("field.number")
        return text


class Choice(fields.Field[str]):
    """One of the keys of a list."""

    def __init__(self, keys: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.keys = keys

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        key = str(value).strip()
        if key not in self.keys:
            raise Invalid("field.choice", choices=tuple(self.keys))
        return key


class Choices(Choice):
    """Any number of the keys of a list, each once, in the order sent."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        choose = super()._deserialize
        return list(dict.fromkeys(choose(key, attr, data, **options) for key in value))


class CommaSeparated(fields.Field[list[str]]):
    """Several values in one parameter, separated by commas; surrounding blanks are ignored."""

    separator = ","

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[str]:
        items = (printable(item).strip() for item in str(value).split(self.separator))
        return list(dict.fromkeys(item for item in items if item))


class BarSeparated(CommaSeparated):
    """Several values separated by bars, for names that contain commas."""

    separator = "|"


class Repeated(fields.Field[list[str]]):
    """All values of a parameter that may be repeated, each of limited length."""

    def __init__(self, limit: int, pattern: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.text = Text(limit)
        self.matches = validate.Regexp(pattern, error="field.invalid") if pattern else None

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[str]:
        texts = [self.text.deserialize(one, attr, data).strip() for one in value]
        if self.matches is not None:
            for text in texts:
                self.matches(text)
        return list(dict.fromkeys(texts))


_FLAGS = {
    **dict.fromkeys(("true", "1", "yes", "on", "all"), True),
    **dict.fromkeys(("false", "0", "no", "off", "none"), False),
}


class Flag(fields.Field[bool]):
    """true or false in any case, or a common synonym."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> bool:
        meant = _FLAGS.get(str(value).strip().lower())
        if meant is None:
            raise Invalid("field.flag")
        return meant
