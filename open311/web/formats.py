"""Rendering of documents as XML, JSON (spec 1.6, 1.7), or GeoJSON, by the suffix of the URL."""

import re
from collections.abc import Mapping
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
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "notes": "note",
    "service_request_updates": "request_update",
    "media_urls": "media_url",
    "photos": "photo",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}

_MARKUP = re.compile("[&<>\r]")

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
    return declaration + (flat_xml(root, content) if _is_flat(content) else tree_xml(root, content))


def tree_xml(root: str, content: Any) -> bytes:
    """Return any document as XML, built as a tree."""
    element = etree.Element(root)
    _fill(element, content)
    return etree.tostring(element, encoding="utf-8", xml_declaration=False)


def flat_xml(root: str, rows: list[Mapping[str, Any]]) -> bytes:
    """Return a list of rows of plain values as XML, in half the time of tree_xml."""
    entry = ENTRY_NAMES[root]
    written = [
        f"<{entry}>{''.join([_cell(name, value) for name, value in row.items()])}</{entry}>"
        for row in rows
    ]
    return printable(f"<{root}>{''.join(written)}</{root}>").encode()


def _is_flat(content: Any) -> bool:
    return (
        isinstance(content, list)
        and len(content) > 0
        and all(isinstance(row, dict) and row for row in content)
        and not any(isinstance(value, dict | list) for row in content for value in row.values())
    )


def _cell(name: str, value: Any) -> str:
    text = _as_text(value)
    if text is None:
        return f"<{name}/>"
    if _MARKUP.search(text):
        text = escape(text, {"\r": "&#13;"})
    return f"<{name}>{text}</{name}>"


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
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = repr(value)
        return format(Decimal(text), "f") if "e" in text else text  # 1e-07 is not a decimal degree
    if isinstance(value, datetime):
        return f"{value.isoformat()[:19]}Z"
    if isinstance(value, orjson.Fragment):
        return orjson.dumps(value).decode()
    return str(value)


GEOJSON = "application/geo+json"

MVT = "application/vnd.mapbox-vector-tile"
