"""Documents of other GeoReport servers, parsed leniently (spec 1, 6, and 7)."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from marshmallow import (
    EXCLUDE,
    fields,
    post_load,
    pre_load,
    validates_schema,
)

from schemas.errors import Invalid, KeyedSchema
from schemas.fields import Degrees, Text, W3CDateTime, printable
from schemas.vocabulary.limits import DESCRIPTION_LIMIT
from schemas.vocabulary.statuses import OPEN, STATUS_WORDS

_SEPARATORS = re.compile(r"[\W_]+")

_WEB_ADDRESS = re.compile(r"https?://\S{1,1990}", re.IGNORECASE)

_LONGEST_STATUS = 100

CUT = " [cut]"
"""The end of a text that was longer than it can be here."""

_SPELLINGS = {
    "lon": "long",
    "lng": "long",
    "address_string": "address",
    "status_note": "status_notes",
}


class ForeignSchema(KeyedSchema):
    """A row of another server: null and blank are absent, and numbers are accepted as text."""

    class Meta:
        """Options of marshmallow."""

        unknown = EXCLUDE

    @pre_load
    def normalize(self, row: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Return the values that are present under the standard's names, with numbers as text."""
        if not isinstance(row, Mapping):
            raise Invalid("object.required")
        texts = {str(name).strip().lower(): _as_text(value) for name, value in row.items()}
        filled = {name: value for name, value in texts.items() if value not in (None, "", [], {})}
        spelled = {_SPELLINGS[name]: value for name, value in filled.items() if name in _SPELLINGS}
        return {**spelled, **filled}


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class Truth(fields.Field[bool]):
    """True for true, 1, or yes in any case, else false."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> bool:
        return str(value).strip().lower() in ("true", "1", "yes")


class Code(Text):
    """An id or code; surrounding blanks are ignored."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        code = super()._deserialize(value, attr, data, **options).strip()
        if not code:
            raise self.make_error("required")
        return code


def status_key(text: str) -> str:
    """Return a status without what does not distinguish it: case, blanks, and signs."""
    return _SEPARATORS.sub("_", text.lower()).strip("_")


def detailed_status(text: str) -> str | None:
    """Return the detailed status of this server for a status in any case and wording.

    If the whole text is unknown, as in "Closed - Duplicate", its first word decides. None if that
    is unknown, too.
    """
    word = status_key(text)
    return STATUS_WORDS.get(word) or STATUS_WORDS.get(word.partition("_")[0])


class StatusWord(fields.Field[str]):
    """A status in any case and wording, by a city's own words, or as detailed_status tells.

    Any other one is open: a request must not be lost because of a word. unknown is then called with
    the text.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.words: Mapping[str, str] = {}
        self.unknown: Callable[[str], None] = lambda _text: None

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        text = printable(str(value)).strip()[:_LONGEST_STATUS]
        found = self.words.get(status_key(text)) or detailed_status(text)
        if found is None:
            self.unknown(text)
        return found or OPEN


class CutText(Text):
    """Text that is cut at its limit, with a mark, rather than refused."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        if isinstance(value, str) and len(printable(value)) > self.limit:
            value = printable(value)[: self.limit - len(CUT)] + CUT
        return super()._deserialize(value, attr, data, **options)


class WebAddresses(fields.Field[list[str]]):
    """One or several links, as texts or objects with a url; invalid addresses are dropped."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[str]:
        links = [
            (link.get("url") or link.get("media_url")) if isinstance(link, Mapping) else link
            for link in (value if isinstance(value, list) else [value])
        ]
        clean = [printable(link).strip() for link in links if isinstance(link, str)]
        return [link for link in clean if _WEB_ADDRESS.fullmatch(link)]


class WholeSecond(W3CDateTime):
    """A date and time truncated to seconds, because rounding up could put it in the future."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> datetime:
        return super()._deserialize(value, attr, data, **options).replace(microsecond=0)


class ForeignServiceRequestSchema(ForeignSchema):
    """A service request of another server; lat and long are both present or both absent.

    zone applies to times without one. No time is after now, and no update before the request. words
    are statuses here for statuses there by status_key; unknown is called with any other one.
    """

    service_request_id = Code(200, required=True)
    service_code = Code(200, required=True)
    status = StatusWord(load_default="open")
    status_notes = CutText(DESCRIPTION_LIMIT, load_default="")
    description = CutText(DESCRIPTION_LIMIT, load_default="")
    requested_datetime = WholeSecond(required=True)
    updated_datetime = WholeSecond(load_default=None)
    address = CutText(1000, load_default="")
    address_id = Text(200, load_default="")
    zipcode = CutText(20, load_default="")
    lat = Degrees(90)
    long = Degrees(180)
    media_url = WebAddresses(load_default=[])

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo,
        words: Mapping[str, str] | None = None,
        unknown: Callable[[str], None] = lambda _text: None,
    ) -> None:
        super().__init__()
        self.now = now
        status = self.fields["status"]
        if isinstance(status, StatusWord):
            status.words, status.unknown = words or {}, unknown
        for date in ("requested_datetime", "updated_datetime"):
            self.fields[date].zone = zone  # type: ignore[attr-defined]

    @validates_schema
    def check_place_and_time(self, row: dict[str, Any], **_: Any) -> None:
        """Reject a row without a location, or with a time in the future."""
        if not {"lat", "long"} <= row.keys() and not row["address"]:
            raise Invalid("foreign.no_place", "place")
        if row["requested_datetime"] > self.now:
            raise Invalid("foreign.in_future", "requested_datetime")

    @post_load
    def settle(self, row: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop an incomplete location, and limit the update time to between the request and now.

        Servers send 0/0 for requests that have only an address.
        """
        is_nowhere = row.get("lat") == row.get("long") == 0 and row["address"]
        if is_nowhere or not {"lat", "long"} <= row.keys():
            row = {name: value for name, value in row.items() if name not in ("lat", "long")}
        updated = row["updated_datetime"]
        if updated is not None:
            updated = min(max(updated, row["requested_datetime"]), self.now)
        return {**row, "updated_datetime": updated}
