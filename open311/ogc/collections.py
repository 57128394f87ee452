"""Landing page, conformance, collections, and queryables (OGC 17-069r4, 19-079r2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app

from geo.crs import CRS84
from open311.ogc.answers import SCHEMA, address, answer, link
from open311.ogc.asked import systems
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS, list_layers
from open311.queries.maps.sets import Maps, StoredSet, list_sets_of
from open311.queries.ogc.extents import find_extent
from open311.queries.ogc.property import Property
from open311.queries.ogc.sources import get_source
from open311.queries.search.criteria import ALWAYS
from open311.web.formats import GEOJSON
from open311.web.parameters import chosen_jurisdiction, parse, sent_values
from open311.web.staff_auth import find_staff
from schemas.search.ogc import CommonSchema

blueprint = Blueprint("ogc_collections", __name__, url_prefix="/ogc")

_SPEC = "http://www.opengis.net/spec/"

CONFORMANCE = [
    *(f"{_SPEC}ogcapi-common-1/1.0/conf/{name}" for name in ("core", "landing-page", "json")),
    f"{_SPEC}ogcapi-common-2/1.0/conf/collections",
    *(f"{_SPEC}ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "oas30")),
    f"{_SPEC}ogcapi-features-2/1.0/conf/crs",
    *(
        f"{_SPEC}ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_SPEC}ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
    *(
        f"{_SPEC}cql2/1.0/conf/{name}"
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("case-insensitive-comparison", "basic-spatial-functions", "spatial-functions"),
            *("basic-spatial-functions-plus", "temporal-functions", "property-property"),
            "arithmetic",
        )
    ),
]
"""Implemented conformance classes of the standards."""

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "moment": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
}


_OF_LAYERS = "Current boundaries; use datetime for those of another day."

_OVERLAPPING = f"{_OF_LAYERS} They overlap on purpose: a point may be in several."


@blueprint.get("")
@blueprint.get("/")
def landing() -> Response:
    jurisdiction = _read()
    return answer(
        {
            "title": f"{jurisdiction.name}: service requests and boundaries",
            "description": "Service requests of residents, and the boundaries that route them.",
            "links": [
                link("self", address(), "This page"),
                link(
                    "service-desc",
                    address("api"),
                    "API description",
                    "application/vnd.oai.openapi+json;version=3.0",
                ),
                link("conformance", address("conformance"), "Conformance classes"),
                link("data", address("collections"), "Collections"),
                link(
                    "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
                    address("tileMatrixSets"),
                    "Tile matrix sets",
                ),
            ],
        }
    )


@blueprint.get("/conformance")
def conformance() -> Response:
    parse(CommonSchema(), sent_values())
    return answer({"conformsTo": CONFORMANCE})


@blueprint.get("/collections")
def index() -> Response:
    jurisdiction = _read()
    origins = _origins(jurisdiction)
    return answer(
        {
            "links": [link("self", address("collections"))],
            "collections": [
                _collection(jurisdiction, one, origins) for one in _collections(jurisdiction)
            ],
            "crs": [system.uri for system in systems()],
        }
    )


@blueprint.get("/collections/<collection>")
def show(collection: str) -> Response:
    jurisdiction = _read()
    get_source(jurisdiction, collection, ALWAYS, staff=False)
    [found] = [one for one in _collections(jurisdiction) if one["id"] == collection]
    return answer(_collection(jurisdiction, found, _origins(jurisdiction)))


@blueprint.get("/collections/<collection>/queryables")
def queryables(collection: str) -> Response:
    """Return the properties that a filter can use, as JSON Schema (part 3, 6.2)."""
    jurisdiction = _read()
    staff = find_staff(jurisdiction, sent_values()) is not None
    source = get_source(jurisdiction, collection, ALWAYS, staff=staff)
    format = "geometry-point" if collection == REQUESTS else "geometry-multipolygon"
    return answer(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": address("collections", collection, "queryables"),
            "type": "object",
            "title": collection,
            "properties": {
                "geometry": {
                    "title": "Location.",
                    "x-ogc-role": "primary-geometry",
                    "format": format,
                },
                **{name: _described(one) for name, one in source.properties.items()},
            },
            "additionalProperties": False,
        },
        SCHEMA,
    )


def _read() -> Scope:
    values = sent_values()
    parse(CommonSchema(), values)
    return chosen_jurisdiction(values)


def _described(one: Property) -> dict[str, Any]:
    return {"title": one.title, **_TYPES[one.kind]}


def _collections(jurisdiction: Scope) -> list[dict[str, Any]]:
    """List ids, titles, and descriptions; of layers also whether they overlap on purpose."""
    layers = list_layers(jurisdiction.jurisdiction_id)
    return [
        {
            "id": REQUESTS,
            "title": "Service requests",
            "description": "Service requests of residents, newest first.",
        },
        *(
            {
                "id": layer.code,
                "title": layer.name,
                "description": _OVERLAPPING if layer.overlapping else _OF_LAYERS,
                "overlapping": layer.overlapping,
            }
            for layer in layers
        ),
    ]


def _origins(jurisdiction: Scope) -> dict[str, list[dict[str, Any]]]:
    """Return links to the sources and licenses of the current boundaries, by layer."""
    sets = list_sets_of(jurisdiction.jurisdiction_id, Maps(jurisdiction.today()))
    return {one.layer: list(_links_of(one)) for one in sets}


def _links_of(stored: StoredSet) -> Iterator[dict[str, Any]]:
    if stored.source_url is not None and _is_public(stored.source_url):
        day = stored.imported_at.date()
        yield {"rel": "via", "href": stored.source_url, "title": f"Source, read on {day}"}
    if stored.license.startswith(("https://", "http://")):
        yield {"rel": "license", "href": stored.license, "title": "License"}


def _is_public(url: str) -> bool:
    """Return whether an address may be shown: not one of the city's own network."""
    parts = urlsplit(url)
    own = current_app.config["OPEN311_BOUNDARY_PRIVATE"]
    return parts.scheme == "https" and parts.hostname not in own


def _collection(
    jurisdiction: Scope,
    about: Mapping[str, Any],
    origins: Mapping[str, Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    id_ = about["id"]
    here = address("collections", id_)
    return {
        **about,
        "itemType": "feature",
        "extent": find_extent(jurisdiction, id_),
        "crs": [system.uri for system in systems()],
        "storageCrs": CRS84.uri,
        "links": [
            link("self", here),
            link("items", f"{here}/items", about["title"], GEOJSON),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                f"{here}/queryables",
                "Properties for filters",
                SCHEMA,
            ),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
                f"{here}/tiles",
                "Vector tiles",
            ),
            *origins.get(id_, ()),
        ],
    }
