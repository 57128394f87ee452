"""Feature layers of ArcGIS Server and ArcGIS Online (ArcGIS REST API, Query)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from open311.errors import InvalidParameters
from open311.map_source.feature_file import GEOJSON, FeatureFile, are_features
from open311.map_source.found import Tell
from open311.map_source.server import MapServer, failure
from open311.messages.map_source import (
    REMOTE_COUNT,
    REMOTE_LAYERS,
    REMOTE_NOT_FEATURES,
    REMOTE_REFUSED,
    REMOTE_UNREADABLE,
    STEP_COUNT,
    STEP_DESCRIPTION,
    STEP_PAGE,
)
from open311.messages.problem import Problem
from schemas.fields import printable

EVERY = "1=1"
"""The condition of all features."""

_USUAL_PAGE = 1000
_IDS_AT_ONCE = 100
"""Ids of features in one URL, whose length servers limit."""

_ESRI_HEAD = ("geometryType", "spatialReference", "fields", "objectIdFieldName")


@dataclass(frozen=True)
class Layer:
    """A feature layer: its address, parameters such as a token, and what it says about itself.

    where is the condition of the features to read.
    """

    url: str
    parameters: Mapping[str, str]
    name: str
    license: str
    id_field: str
    page: int
    has_pages: bool
    is_geojson: bool
    where: str = EVERY


def describe(
    server: MapServer, url: str, parameters: Mapping[str, str], where: str = EVERY
) -> Layer:
    """Return the description of a feature layer; raises InvalidParameters for anything else."""
    step = Problem(STEP_DESCRIPTION)
    about = _ask(server, url, {**parameters, "f": "json"}, step)
    kind = str(about.get("type", ""))
    fields = about.get("fields")
    if kind not in ("", "Feature Layer") or not isinstance(fields, list):
        raise failure(REMOTE_NOT_FEATURES, url, step, kind=kind or "?")
    more = about.get("advancedQueryCapabilities")
    able = more if isinstance(more, dict) else {}
    most = about.get("maxRecordCount")
    formats = str(about.get("supportedQueryFormats", "")).lower()
    return Layer(
        url,
        parameters,
        name=printable(str(about.get("name") or "")),
        license=printable(str(about.get("copyrightText") or "")).strip(),
        id_field=str(about.get("objectIdField") or _id_field(fields)),
        page=most if isinstance(most, int) and most > 0 else _USUAL_PAGE,
        has_pages=able.get("supportsPagination") is True or about.get("supportsPagination") is True,
        is_geojson="geojson" in formats,
        where=where,
    )


def refuse_service(server: MapServer, url: str, parameters: Mapping[str, str]) -> InvalidParameters:
    """Return the error for a service, whose layers it names: one of them has to be chosen."""
    step = Problem(STEP_DESCRIPTION)
    about = _ask(server, url, {**parameters, "f": "json"}, step)
    layers = about.get("layers")
    named = [
        f"{one.get('id')} ({one.get('name')})"
        for one in (layers if isinstance(layers, list) else [])
        if isinstance(one, dict)
    ]
    return failure(REMOTE_LAYERS, url, step, layers=named)


def _id_field(fields: Sequence[Any]) -> str:
    for one in fields:
        if isinstance(one, dict) and one.get("type") == "esriFieldTypeOID":
            return str(one.get("name"))
    return "OBJECTID"


def read_features(server: MapServer, layer: Layer, file: FeatureFile, tell: Tell) -> None:
    """Write all features to a file, in degrees; raises InvalidParameters if some are missing."""
    counted = _query(server, layer, {"returnCountOnly": "true", "f": "json"}, Problem(STEP_COUNT))
    expected = counted.get("count")
    if not isinstance(expected, int):
        raise failure(REMOTE_UNREADABLE, layer.url, Problem(STEP_COUNT))
    pages = _pages(server, layer, expected) if layer.has_pages else _pages_by_id(server, layer)
    for number, document in enumerate(pages, start=1):
        features = document.get("features")
        if not are_features(features):
            raise failure(REMOTE_UNREADABLE, layer.url, Problem(STEP_PAGE, {"page": number}))
        head = GEOJSON if layer.is_geojson else _esri_head(document)
        file.add(features, [_id_of(one, layer.id_field) for one in features], head)
        tell(number, file.count, expected)
    if file.count != expected:
        step = Problem(STEP_COUNT)
        raise failure(REMOTE_COUNT, layer.url, step, expected=expected, found=file.count)


def _pages(server: MapServer, layer: Layer, expected: int) -> Iterator[dict[str, Any]]:
    """Yield pages in the order of ids until there are as many as expected, or one is empty.

    A server may send fewer features than asked for if their shapes are large.
    """
    offset, number = 0, 0
    while offset < expected:
        number += 1
        document = _query(
            server,
            layer,
            {
                **_shapes(layer),
                "orderByFields": layer.id_field,
                "resultOffset": str(offset),
                "resultRecordCount": str(layer.page),
            },
            Problem(STEP_PAGE, {"page": number}),
        )
        yield document
        size = len(document["features"])
        offset += size
        if not size:
            return


def _pages_by_id(server: MapServer, layer: Layer) -> Iterator[dict[str, Any]]:
    """Yield pages of a server without pagination: all ids, and then the features by their ids."""
    step = Problem(STEP_COUNT)
    found = _query(server, layer, {"returnIdsOnly": "true", "f": "json"}, step)
    ids = found.get("objectIds") or []
    if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
        raise failure(REMOTE_UNREADABLE, layer.url, step)
    ids = sorted(ids)
    size = min(layer.page, _IDS_AT_ONCE)
    for number, start in enumerate(range(0, len(ids), size), start=1):
        some = ",".join(map(str, ids[start : start + size]))
        asked = {**_shapes(layer), "objectIds": some}
        yield _query(server, layer, asked, Problem(STEP_PAGE, {"page": number}))


def _shapes(layer: Layer) -> dict[str, str]:
    return {"outFields": "*", "outSR": "4326", "f": "geojson" if layer.is_geojson else "json"}


def _query(
    server: MapServer, layer: Layer, asked: Mapping[str, str], step: Problem
) -> dict[str, Any]:
    every = {} if "objectIds" in asked else {"where": layer.where}
    return _ask(server, f"{layer.url}/query", {**layer.parameters, **every, **asked}, step)


def _ask(
    server: MapServer, url: str, parameters: Mapping[str, str], step: Problem
) -> dict[str, Any]:
    """Return a document; ArcGIS reports errors in one with status 200."""
    document = server.read_json(url, parameters, step)
    error = document.get("error")
    if error is not None:
        text = error.get("message") if isinstance(error, dict) else error
        raise failure(REMOTE_REFUSED, url, step, text=str(text)[:200])
    return document


def _id_of(feature: Mapping[str, Any], id_field: str) -> Any:
    values = feature.get("attributes") or feature.get("properties")
    return feature.get("id", values.get(id_field) if isinstance(values, dict) else None)


def _esri_head(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in _ESRI_HEAD if name in document}
