"""Rendering of documents as XML, JSON (spec 1.6, 1.7), or GeoJSON, by the suffix of the URL."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import orjson
from flask import Response
from lxml import etree
from werkzeug.routing import BaseConverter

from geo.coordinates import Point
from schemas.fields import printable

CONTENT_TYPES = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "geojson": "application/geo+json",
}

# Compression of responses. Conditional requests are answered before it.
COMPRESSION = {
    "COMPRESS_ALGORITHM": ["gzip"],
    "COMPRESS_LEVEL": 5,
    "COMPRESS_MIN_SIZE": 500,  # bytes
    "COMPRESS_MIMETYPES": [kind.partition(";")[0] for kind in CONTENT_TYPES.values()],
    "COMPRESS_STREAMS": False,
    "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": False,
}

# Element names of list entries in XML. JSON has no names for them.
ENTRY_NAMES = {
    "addresses": "address_point",
    "also_in": "boundary",
    "attributes": "attribute",
    "deliveries": "delivery",
    "endpoints": "endpoint",
    "errors": "error",
    "events": "event",
    "formats": "format",
    "in_overlap": "boundary",
    "notes": "note",
    "service_request_updates": "request_update",
    "media_urls": "media_url",
    "photos": "photo",
    "service_requests": "request",
    "services": "service",
    "values": "value",
    "webhooks": "webhook",
}

# All characters but those that a text in XML has as they are: neither markup (&, <, and >), nor
# carriage returns, nor what XML excludes (see printable).
_SPECIAL = re.compile("[^\t\n\u0020-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


class FormatConverter(BaseConverter):
    """The suffix of a URL that names the format of the response."""

    regex = "xml|json"


class MapFormatConverter(BaseConverter):
    """The suffix of a URL for responses with locations, which can also be GeoJSON."""

    regex = "xml|json|geojson"


def respond(format: str, root: str, content: Any, status: int = 200) -> Response:
    """Return a response with a document of mappings, lists named in ENTRY_NAMES, and plain values.

    root is the name of the root element in XML. None is an empty element in XML, null in JSON.
    Datetimes are aware and in UTC. An orjson.Fragment is finished JSON: text in XML.
    """
    body = RENDERERS[format](root, content)
    return Response(body, status, content_type=CONTENT_TYPES[format])


def render_json(_root: str, content: Any) -> bytes:
    """Return a document as JSON, without a name for the root (spec 1.7)."""
    return orjson.dumps(content, option=_JSON_OPTIONS)


def render_xml(root: str, content: Any) -> bytes:
    """Return a document as XML with a declaration, without attributes or namespaces (spec 1.6)."""
    declaration = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    return declaration + (table_xml(root, content) or tree_xml(root, content))


def tree_xml(root: str, content: Any) -> bytes:
    """Return any document as XML, built as a tree."""
    element = etree.Element(root)
    _fill(element, content)
    return etree.tostring(element, encoding="utf-8", xml_declaration=False)


def table_xml(root: str, content: Any) -> bytes | None:
    """Return a table as XML, as tree_xml does in four times the time; None for anything else.

    A table is a list of rows with the same names in the same order, and plain values. It is written
    by column: most values of a column are of one type, need no escaping, or are repeated.
    """
    if not isinstance(content, list) or not content or not isinstance(content[0], dict):
        return None
    names = list(content[0])
    if not names or not all(isinstance(row, dict) and list(row) == names for row in content):
        return None
    values = list(zip(*(row.values() for row in content), strict=True))
    kinds = [set(map(type, column)) for column in values]
    if any(issubclass(kind, dict | list) for column in kinds for kind in column):
        return None
    columns = [_cells(*one) for one in zip(names, values, kinds, strict=True)]
    entry = ENTRY_NAMES[root]
    rows = [f"<{entry}>{''.join(cells)}</{entry}>" for cells in zip(*columns, strict=True)]
    return "".join([f"<{root}>", *rows, f"</{root}>"]).encode()


def _cells(name: str, values: Sequence[Any], kinds: set[type]) -> list[str]:
    """Return the elements of a column."""
    texts = _as_texts(values, kinds - {type(None)})
    distinct = {text for text in texts if text is not None}
    if _SPECIAL.search("".join(distinct)):
        cells = {text: f"<{name}>{_escaped(text)}</{name}>" for text in distinct}
    else:
        cells = {text: f"<{name}>{text}</{name}>" for text in distinct}
    empty = f"<{name}/>"
    return [empty if text is None else cells[text] for text in texts]


def _as_texts(values: Sequence[Any], kinds: set[type]) -> Sequence[str | None]:
    """Return the texts of a column, whose values are of these types, or None."""
    if len(kinds) != 1:
        return [_as_text(value) for value in values]
    [kind] = kinds
    if kind is str:
        return values
    if kind in (datetime, float):  # orjson writes such a column in a tenth of the time
        texts = orjson.dumps(values, option=_JSON_OPTIONS).decode()[1:-1].replace('"', "")
        if "e" not in texts:  # see _decimal
            return [None if text == "null" else text for text in texts.split(",")]
    write = _WRITERS.get(kind, str)
    return [None if value is None else write(value) for value in values]


def _escaped(text: str) -> str:
    return escape(printable(text), {"\r": "&#13;"})


def render_geojson(_root: str, content: Any) -> bytes:
    """Return service requests as a FeatureCollection, or one as a Feature (RFC 7946)."""
    if isinstance(content, Mapping):
        return render_json(_root, _feature(content))
    features = [_feature(row) for row in content]
    return render_json(_root, {"type": "FeatureCollection", "features": features})


RENDERERS = {"xml": render_xml, "json": render_json, "geojson": render_geojson}


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    lat, long = row.get("lat"), row.get("long")
    return {
        "type": "Feature",
        "id": row["service_request_id"],
        "geometry": None if lat is None or long is None else Point(lat=lat, long=long).geojson,
        "properties": {name: row[name] for name in row if name not in ("lat", "long")},
    }


def _fill(element: etree._Element, content: Any) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(etree.SubElement(element, name), value)
    elif isinstance(content, list):
        for entry in content:
            _fill(etree.SubElement(element, ENTRY_NAMES[element.tag]), entry)
    else:
        text = _as_text(content)
        try:
            element.text = text
        except ValueError:  # only text that quotes a client, as in the error for an unknown URL
            element.text = printable(text or "")


def _as_text(value: Any) -> str | None:
    return None if value is None else _WRITERS.get(type(value), str)(value)


def _decimal(value: float) -> str:
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text  # 1e-07 is not a decimal degree


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    float: _decimal,
    datetime: lambda value: value.isoformat()[:19] + "Z",
    orjson.Fragment: lambda value: orjson.dumps(value).decode(),
}
"""How a value of a type is written as text in XML; others as str writes them."""


GEOJSON = "application/geo+json"

MVT = "application/vnd.mapbox-vector-tile"
