"""OpenAPI description of OGC API, in version 3.0, which its clients read."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields

from open311.ogc.answers import JSON, SCHEMA, address, answer
from open311.ogc.tiles import QUAD
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS, list_layers
from open311.web.formats import GEOJSON, MVT
from open311.web.parameters import chosen_jurisdiction, sent_values
from schemas.search.fields import LONGEST_RADIUS
from schemas.search.ogc import (
    DEFAULT_FEATURES,
    MOST_FEATURES,
    CommonSchema,
    ExportSchema,
    FeatureSchema,
    ItemsSchema,
    TileSchema,
)
from schemas.vocabulary.file_formats import FILE_FORMATS

blueprint = Blueprint("ogc_description", __name__, url_prefix="/ogc")

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

FILES = tuple(format.media_type for format in FILE_FORMATS)


@blueprint.get("/api")
def show() -> Response:
    jurisdiction = chosen_jurisdiction(sent_values())
    return answer(
        {
            "openapi": "3.0.3",
            "info": {
                "title": f"{jurisdiction.name}: service requests and boundaries",
                "description": "OGC API Features and Tiles. Returns public data, and "
                "nonpublic data with a staff key or a staff login.",
                "version": "1.0",
            },
            "servers": [{"url": address()}],
            "paths": _paths(jurisdiction),
            "components": {
                "securitySchemes": {
                    "basic": {"type": "http", "scheme": "basic"},
                    "bearer": {"type": "http", "scheme": "bearer"},
                }
            },
            "security": [{}, {"basic": []}, {"bearer": []}],
        },
        OPENAPI,
    )


def _paths(jurisdiction: Scope) -> dict[str, Any]:
    ids = [REQUESTS, *(layer.code for layer in list_layers(jurisdiction.jurisdiction_id))]
    paths = {
        "/": _get("landing", "Landing page", JSON),
        "/api": _get("description", "API description", OPENAPI, None),
        "/conformance": _get("conformance", "Conformance classes", JSON),
        "/collections": _get("collections", "Collections", JSON),
        "/tileMatrixSets": _get("tileMatrixSets", "Tile matrix sets", JSON),
        f"/tileMatrixSets/{QUAD}": _get("tileMatrixSet", "Tile matrix set of web maps", JSON),
    }
    for id_ in ids:
        paths |= _of_collection(id_)
    return paths


def _of_collection(id_: str) -> dict[str, Any]:
    here = f"/collections/{id_}"
    tiles = f"{here}/tiles/{QUAD}"
    one = "{featureId}"
    return {
        here: _get(f"{id_}.show", "Collection", JSON),
        f"{here}/queryables": _get(f"{id_}.queryables", "Properties for filters", SCHEMA),
        f"{here}/items": _get(f"{id_}.items", "Features", GEOJSON, ItemsSchema),
        f"{here}/items/{one}": _get(
            f"{id_}.item", "One feature", GEOJSON, FeatureSchema, ["featureId"]
        ),
        f"{here}/search": _post(
            f"{id_}.search", "Features, with the parameters in the request body"
        ),
        f"{here}/export": {
            **_get(f"{id_}.export", "Features as a file", FILES, ExportSchema),
            **_post(
                f"{id_}.exportSearch",
                "Features as a file, with the parameters in the request body",
                FILES,
                ExportSchema,
            ),
        },
        f"{here}/tiles": _get(f"{id_}.tilesets", "Tile sets", JSON),
        tiles: _get(f"{id_}.tileset", "Tile set", JSON),
        tiles + "/{tileMatrix}/{tileRow}/{tileCol}": _get(
            f"{id_}.tile", "Tile", MVT, TileSchema, ["tileMatrix", "tileRow", "tileCol"]
        ),
    }


def _get(
    name: str,
    summary: str,
    content_types: str | Sequence[str],
    query: type[Schema] | None = CommonSchema,
    path: list[str] | None = None,
) -> dict[str, Any]:
    in_path = [
        {"name": one, "in": "path", "required": True, "schema": {"type": "string"}}
        for one in path or ()
    ]
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [*in_path, *(_parameters(query) if query else ())],
            "responses": _responses(content_types),
        }
    }


def _post(
    name: str,
    summary: str,
    content_types: str | Sequence[str] = GEOJSON,
    query: type[Schema] = ItemsSchema,
) -> dict[str, Any]:
    members = {one["name"]: one["schema"] for one in _parameters(query)}
    # A filter can be sent as a CQL2 JSON object; a box and names can be lists.
    free: dict[str, Any] = {"filter": {}, "bbox": {}, "properties": {}}
    body = {"type": "object", "properties": {**members, **free}}
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "requestBody": {"content": {JSON: {"schema": body}}},
            "responses": _responses(content_types),
        }
    }


def _responses(content_types: str | Sequence[str]) -> dict[str, Any]:
    error = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "description": {"type": "string"}},
    }
    problem = {"description": "Error.", "content": {JSON: {"schema": error}}}
    types = [content_types] if isinstance(content_types, str) else content_types
    binary, document = {"type": "string", "format": "binary"}, {"type": "object"}
    content = {one: {"schema": document if "json" in one else binary} for one in types}
    return {
        "200": {"description": "Success.", "content": content},
        **({"204": {"description": "Empty tile."}} if MVT in types else {}),
        **dict.fromkeys(("400", "401", "403", "404", "429"), problem),
        "414": {"description": "The URL is too long.", "content": {"text/xml": {}}},
        "503": {**problem, "description": "Unavailable. Try again after the time in Retry-After."},
    }


def _parameters(query: type[Schema]) -> list[dict[str, Any]]:
    return [
        {
            "name": field.data_key or name,
            "in": "query",
            "required": False,
            "description": field.metadata.get("description", ""),
            "schema": _schema(field.data_key or name, field),
            **({"style": "form", "explode": False} if name in ("bbox", "properties") else {}),
        }
        for name, field in query().fields.items()
    ]


def _schema(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    keys = getattr(field, "keys", None)
    if keys:
        return {"type": "string", "enum": list(keys)}
    known: dict[str, dict[str, Any]] = {
        "limit": {
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_FEATURES,
            "default": DEFAULT_FEATURES,
        },
        "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "long": {"type": "number", "minimum": -180, "maximum": 180},
        "radius": {"type": "number", "maximum": LONGEST_RADIUS},
        "properties": {"type": "array", "items": {"type": "string"}},
    }
    return known.get(name, {"type": "string"})
