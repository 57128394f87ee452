"""OpenAPI operation objects, one per endpoint and suffix."""

import re
from collections.abc import Sequence
from typing import Any

from apispec.ext.marshmallow.common import get_fields
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema

from open311.georeport.openapi.converter import wrapped
from open311.georeport.openapi.endpoint import Endpoint, Shape
from open311.georeport.openapi.endpoints import ERRORS_OF_ALL
from open311.georeport.openapi.prose import (
    ALTERNATIVES,
    ANSWERED,
    ANSWERS,
    ANSWERS_PATTERN,
    API_KEY,
    FORM,
    IN_XML,
    JURISDICTION_ID,
    PATH_PARAMETERS,
    SECURITY_SCHEMES,
    SENTENCE_OF,
)
from open311.georeport.stats_rows import FIGURES
from open311.web.formats import CONTENT_TYPES
from schemas.requests.documents import ErrorSchema

URLENCODED = "application/x-www-form-urlencoded"

MULTIPART = "multipart/form-data"

JSON = "application/json"

VALUES_IN_PATHS = {"measure": tuple(FIGURES)}
"""What a variable part of a path may be, where that is a short list."""


class Operations:
    """Describes endpoints; their schemas become components of the converter's document."""

    def __init__(self, converter: OpenAPIConverter) -> None:
        self.converter = converter

    def describe(self, endpoint: Endpoint, suffix: str) -> dict[str, Any]:
        """Return the operation object of an endpoint with a suffix."""
        operation: dict[str, Any] = {
            "operationId": f"{endpoint.name}{suffix.title()}",
            "summary": endpoint.summary,
            "tags": [IN_XML if suffix == "xml" else endpoint.topic],
            "parameters": self._parameters(endpoint),
            "responses": self._responses(endpoint, suffix),
        }
        if endpoint.staff:
            operation["security"] = [{name: []} for name in SECURITY_SCHEMES]
        if endpoint.body:
            operation["requestBody"] = self._request_body(endpoint, endpoint.body)
            # The empty entry represents an API key in the form: OpenAPI has no term for it.
            operation["security"] = [*({name: []} for name in SECURITY_SCHEMES), {}]
        return operation

    def _parameters(self, endpoint: Endpoint) -> list[Any]:
        in_path = [
            _parameter("path", name, PATH_PARAMETERS[name], VALUES_IN_PATHS.get(name))
            for name in re.findall(r"{(\w+)}", endpoint.path)
        ]
        in_query = self.converter.schema2parameters(endpoint.query or Schema, location="query")
        if not endpoint.body:
            in_query.append(_parameter("query", "jurisdiction_id", JURISDICTION_ID))
        in_header = [_parameter("header", name, text) for name, text in endpoint.headers.items()]
        return [*in_path, *in_query, *in_header]

    def _request_body(self, endpoint: Endpoint, body: type[Schema]) -> dict[str, Any]:
        """Describe a form, as one component for all suffixes."""
        components = self.converter.spec.components
        name = f"{endpoint.name[0].upper()}{endpoint.name[1:]}"
        if name not in components.schemas:
            fields = self._fields(endpoint, body)
            components.schema(name, fields)
            if endpoint.files:
                files = {name: _files(text) for name, text in endpoint.files.items()}
                with_files = {**fields, "properties": {**fields["properties"], **files}}
                components.schema(f"{name}WithFiles", with_files)
        multipart = f"{name}WithFiles" if endpoint.files else name
        return {
            "required": True,
            "description": _about(endpoint),
            "content": {
                URLENCODED: {"schema": components.get_ref("schema", name)},
                MULTIPART: {"schema": components.get_ref("schema", multipart)},
                JSON: {"schema": components.get_ref("schema", name)},
            },
        }

    def _fields(self, endpoint: Endpoint, body: type[Schema]) -> dict[str, Any]:
        described: dict[str, Any] = self.converter.fields2jsonschema(get_fields(body))
        properties = {
            "api_key": {"type": "string", "description": API_KEY},
            "jurisdiction_id": {"type": "string", "description": JURISDICTION_ID},
            **described["properties"],
        }
        # Without an example, even an empty one, Swagger UI sends made-up values.
        described["properties"] = {
            name: {**properties[name], "examples": [endpoint.example.get(name, "")]}
            for name in properties
        }
        if endpoint.alternatives:
            described["anyOf"] = [{"required": list(names)} for names in endpoint.alternatives]
        if endpoint.answers:
            described["patternProperties"] = {ANSWERS_PATTERN: ANSWERS}
        return described

    def _responses(self, endpoint: Endpoint, suffix: str) -> dict[str, Any]:
        errors = wrapped("errors", self.converter.resolve_nested_schema(ErrorSchema))
        is_table = suffix == "csv"  # of the document's rows, with errors in JSON
        in_json = is_table or "json" in endpoint.suffixes[suffix]
        of_errors = CONTENT_TYPES["json" if in_json else "xml"]
        document = {} if is_table else self._document(endpoint)
        success = _response(endpoint.shape.value, endpoint.suffixes[suffix], document)
        failures = {
            str(status): _response(SENTENCE_OF[status], of_errors, errors)
            for status in sorted({*ERRORS_OF_ALL, *endpoint.errors})
        }
        return {"200": success, **failures}

    def _document(self, endpoint: Endpoint) -> dict[str, Any]:
        if endpoint.document is None:
            return {}
        document = self.converter.resolve_nested_schema(endpoint.document)
        if endpoint.shape is Shape.ONE:
            return {**document, "xml": {"name": endpoint.root}}
        limits = {"minItems": 1, "maxItems": 1} if endpoint.shape is Shape.LIST_OF_ONE else {}
        return {**wrapped(endpoint.root, document), **limits}


def _parameter(
    place: str, name: str, description: str, values: Sequence[str] | None = None
) -> dict[str, Any]:
    return {
        "in": place,
        "name": name,
        "required": place == "path",
        "description": description,
        "schema": {"type": "string"} | ({"enum": list(values)} if values else {}),
    }


def _about(endpoint: Endpoint) -> str:
    """Return sentences on how to fill in an endpoint's form."""
    groups = "; ".join(" and ".join(f"`{name}`" for name in g) for g in endpoint.alternatives)
    sentences = [
        FORM,
        *([ALTERNATIVES.format(groups)] if groups else []),
        *([ANSWERED] if endpoint.answers else []),
    ]
    return " ".join(sentences)


def _files(description: str) -> dict[str, Any]:
    one = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"description": description, "type": "array", "items": one}


def _response(description: str, content_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    media_type, _, _parameters = content_type.partition(";")
    return {"description": description, "content": {media_type: {"schema": schema}}}
