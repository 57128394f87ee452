"""The forms about other GeoReport servers."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from schemas.errors import Invalid
from schemas.fields import Choice, Flag, Text
from schemas.imports.seed_rows import RowSchema
from schemas.vocabulary.forwarding import LONGEST_POLL_MINUTES
from schemas.vocabulary.statuses import DETAILED_STATUSES

MOST_CHARACTERS = 200

CODE = validate.Regexp(r"[\w-]+\Z", error="server.code")


class Pairs(fields.Field[dict[str, str]]):
    """A map in several lines, each like example: a key, an equals sign, and a value."""

    example = "SIZE = size"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> dict[str, str]:
        pairs: dict[str, str] = {}
        for number, line in enumerate(str(value).splitlines(), start=1):
            key, equals, text = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not key or not text or len(line) > 2 * MOST_CHARACTERS:
                raise Invalid("server.lines", number=number, example=self.example)
            pairs[self.as_key(key)] = text
        return pairs

    def as_key(self, key: str) -> str:
        return key


class AnswerPairs(Pairs):
    """Codes of questions and keys of options there, by "SERVICE/QUESTION[/OPTION]"."""

    example = "POTHOLE/SIZE = size"

    def as_key(self, key: str) -> str:
        if key.count("/") not in (1, 2):
            raise Invalid("server.answer", code=key[:MOST_CHARACTERS])
        return key


class StatusPairs(Pairs):
    """Detailed statuses by the words of another server, in lower case."""

    example = "with contractor = action_scheduled"

    def as_key(self, key: str) -> str:
        return key.lower()

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> dict[str, str]:
        pairs = super()._deserialize(value, attr, data, **options)
        for word in pairs.values():
            if word not in DETAILED_STATUSES:
                raise Invalid("server.status", word=word[:MOST_CHARACTERS])
        return pairs


def lines_of(pairs: Mapping[str, str]) -> str:
    """Return a map as Pairs reads it."""
    return "\n".join(f"{key} = {value}" for key, value in pairs.items())


class NewServerForm(RowSchema):
    """A new server: its code, its name for residents, and its address."""

    code = Text(50, required=True, validate=CODE)
    name = Text(MOST_CHARACTERS, required=True)
    url = Text(1000, required=True)


class ServerForm(RowSchema):
    """The settings of a server, except which services and departments go there.

    api_key_there replaces our key there, if it is filled in.
    """

    name = Text(MOST_CHARACTERS, required=True)
    url = Text(1000, required=True)
    foreign_jurisdiction = Text(MOST_CHARACTERS, load_default="")
    api_key_there = Text(1000, load_default="")
    api_key_here = Text(MOST_CHARACTERS, load_default="")
    sends_photos = Flag(load_default=False)
    poll_minutes = fields.Integer(
        load_default=15,
        validate=validate.Range(min=1, max=LONGEST_POLL_MINUTES, error="server.minutes"),
        error_messages={"invalid": "server.minutes"},
    )
    answer_map = AnswerPairs(load_default=dict)
    status_map = StatusPairs(load_default=dict)


OUTCOMES = ("again", "number", "not_sent")


class OutcomeForm(RowSchema):
    """What staff decide about a request that is stuck."""

    service_request_id = Text(MOST_CHARACTERS, required=True)
    outcome = Choice(OUTCOMES, required=True)
    number = Text(MOST_CHARACTERS, load_default="")
