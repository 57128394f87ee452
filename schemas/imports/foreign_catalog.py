"""Catalogs of other GeoReport servers: services and questions (spec 2.1, 2.2, and 7.1)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load

from schemas.fields import Text
from schemas.imports.foreign import Code, ForeignSchema, Truth
from schemas.vocabulary.datatypes import DATATYPE_CODES

_LONG_TEXT = 20_000  # characters; some cities describe a service with a page of HTML

_LAST = 10_000


class Keywords(Text):
    """Keywords separated by commas, or as a list."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        words = ", ".join(map(str, value)) if isinstance(value, list) else value
        return super()._deserialize(words, attr, data, **options)


class Order(fields.Field[int]):
    """A position in a list; an invalid number sorts last."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> int:
        text = str(value).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else _LAST


class Datatype(fields.Field[str]):
    """One of the standard's six data types; any other value becomes string."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        word = str(value).strip().lower()
        return word if word in DATATYPE_CODES else "string"


class ForeignServiceSchema(ForeignSchema):
    """A service of another server."""

    service_code = Code(200, required=True)
    service_name = Text(500, load_default="")
    description = Text(_LONG_TEXT, load_default="")
    metadata = Truth(load_default=False)
    keywords = Keywords(2000, load_default="")
    group = Text(200, load_default="")

    @post_load
    def name_it(self, row: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Use the code as the name of a service without one."""
        return {**row, "service_name": row["service_name"].strip() or row["service_code"]}


class ForeignValueSchema(ForeignSchema):
    """One option of a list question of another server."""

    key = Code(200, required=True)
    name = Text(1000, load_default="")


class Options(fields.Field[list[tuple[str, str]]]):
    """The options of a list question as (key, name), each key once; the name defaults to the key.

    Options without a key are left out.
    """

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[tuple[str, str]]:
        entries: Any = value.get("value") if isinstance(value, Mapping) else value
        names: dict[str, str] = {}
        for entry in entries if isinstance(entries, list) else [entries]:
            try:
                row = ForeignValueSchema().load(entry)
            except ValidationError:
                continue
            names.setdefault(row["key"], row["name"].strip() or row["key"])
        return list(names.items())


class ForeignAttributeSchema(ForeignSchema):
    """A question of another server."""

    code = Code(200, required=True)
    datatype = Datatype(load_default="string")
    required = Truth(load_default=False)
    variable = Truth(load_default=True)
    order = Order(load_default=_LAST)
    description = Text(_LONG_TEXT, load_default="")
    datatype_description = Text(2000, load_default="")
    values = Options(load_default=[])
