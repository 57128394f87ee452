"""Conversion of marshmallow fields and schemas to JSON Schema, beyond apispec's own.

OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1.html
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from open311.web.formats import ENTRY_NAMES
from schemas.fields import (
    BarSeparated,
    Choice,
    Choices,
    CommaSeparated,
    Degrees,
    Flag,
    Number,
    Text,
    W3CDateTime,
    WebAddress,
)
from schemas.requests.documents import DocumentSchema
from schemas.requests.links import MOST_LINKS, WebAddresses
from schemas.requests.statuses import StatusOfUpdate
from schemas.routing.explanation import Day
from schemas.search.fields import BoundingBox, Meters, Places, WholeNumber
from schemas.search.paging import After

PROPERTIES_OF: Mapping[type[fields.Field[Any]], Callable[[Any], dict[str, Any]]] = {
    Choice: lambda field: {"type": "string", "enum": list(field.keys)},
    Choices: lambda field: {
        "type": "array",
        "items": {"type": "string", "enum": list(field.keys)},
    },
    CommaSeparated: lambda _field: {"type": "array", "items": {"type": "string"}},
    Day: lambda _field: {"type": "string", "format": "date"},
    Degrees: lambda field: {"type": "number", "minimum": -field.limit, "maximum": field.limit},
    Flag: lambda _field: {"type": "boolean"},
    Number: lambda _field: {"type": "number"},
    Text: lambda field: {"type": "string", "maxLength": field.limit},
    After: lambda _field: {"type": "string"},
    BoundingBox: lambda _field: {"type": "string"},
    Meters: lambda field: {"type": "number", "exclusiveMinimum": 0, "maximum": field.limit},
    Places: lambda _field: {"type": "string"},
    StatusOfUpdate: lambda _field: {"type": "string"},
    WebAddresses: lambda field: {
        "type": "array",
        "maxItems": MOST_LINKS,
        "items": {"type": "string", "format": "uri", "maxLength": field.limit},
    },
    WholeNumber: lambda field: {"type": "integer", "minimum": field.low},
    W3CDateTime: lambda _field: {"type": "string", "format": "date-time"},
    WebAddress: lambda field: {"type": "string", "format": "uri", "maxLength": field.limit},
}
"""JSON Schema properties of this project's field types."""


class Converter(OpenAPIConverter):
    """apispec's converter, with this project's field types and the names for XML."""

    def init_attribute_functions(self) -> None:
        """Run the custom field types first, so that metadata of a field can add to them."""
        super().init_attribute_functions()
        place = self.attribute_functions.index(self.field2type_and_format) + 1
        self.attribute_functions[place:place] = [self.own_type]
        self.attribute_functions.append(self.entry_names)

    def own_type(self, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
        """Return the properties of a custom field type; empty for other types."""
        for kind in type(field).__mro__:
            if kind in PROPERTIES_OF:
                return PROPERTIES_OF[kind](field)
        return {}

    def entry_names(self, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
        """Return the properties of a list whose entries have a name in XML; else empty."""
        name = field.data_key or field.name
        if not isinstance(field, fields.List) or name not in ENTRY_NAMES:
            return {}
        return wrapped(name, ret["items"])

    def field2default(self, field: fields.Field[Any], **options: Any) -> dict[str, Any]:
        """Return the default, unless it is empty."""
        described: dict[str, Any] = super().field2default(field, **options)
        return described if described.get("default") not in (None, "", []) else {}

    def field2nullable(self, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
        """Return the null type of a nullable field, except if only its load default is None."""
        if field.load_default is None:
            return {}
        described: dict[str, Any] = super().field2nullable(field, ret)
        return described

    def list2param(self, field: fields.Field[Any], **options: Any) -> dict[str, Any]:
        """Describe how several values share one parameter, separated by commas or bars."""
        if isinstance(field, CommaSeparated):
            style = "pipeDelimited" if isinstance(field, BarSeparated) else "form"
            return {"style": style, "explode": False}
        described: dict[str, Any] = super().list2param(field, **options)
        return described

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        """Describe a schema; for a document, also list the required fields."""
        described: dict[str, Any] = super().schema2jsonschema(schema)
        if isinstance(schema, DocumentSchema):
            described["description"] = summary(type(schema))
            described["required"] = [
                name for name in described["properties"] if name not in schema.left_out
            ]
        return described


class Plugin(MarshmallowPlugin):
    """apispec's plug-in for marshmallow, with the custom converter."""

    Converter = Converter
    converter: OpenAPIConverter


def wrapped(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Describe a list: in XML an element of this name around its entries, in JSON an array."""
    return {
        "type": "array",
        "items": {**entry, "xml": {"name": ENTRY_NAMES[name]}},
        "xml": {"name": name, "wrapped": True},
    }


def summary(schema: type[Schema]) -> str:
    """Return the first paragraph of a schema's docstring, on one line."""
    paragraph, _, _ = (inspect.getdoc(schema) or "").partition("\n\n")
    return " ".join(paragraph.split())
