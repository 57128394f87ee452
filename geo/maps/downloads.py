"""Downloads that a server cut short, and that say so: of ArcGIS, and of an OGC API."""

import json
import re
from pathlib import Path
from typing import Any

import orjson

from geo.errors import InvalidBoundaryFile

_WORDS = re.compile(rb'"(?:exceededTransferLimit|numberMatched|totalFeatures|next|prev)"')
"""What tells of more features. A whole document takes several times its size in memory."""


def check_complete(path: Path, name: str) -> None:
    """Raise InvalidBoundaryFile if a JSON file says that there are more features than it has.

    Anything else is left to GDAL, also what is not valid JSON.
    """
    content = path.read_bytes()
    if not _WORDS.search(content):
        return
    document = _parsed(content)
    if isinstance(document, dict) and (_exceeds_limit(document) or _is_one_page(document)):
        raise InvalidBoundaryFile("file.incomplete", field="file", file=name)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass  # such as NaN, or a byte that is not UTF-8
    try:
        return json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _exceeds_limit(document: dict[str, Any]) -> bool:
    """Return whether ArcGIS tells of more: at the top in Esri JSON, in properties in GeoJSON."""
    properties = document.get("properties")
    places = [document, *([properties] if isinstance(properties, dict) else [])]
    return any(place.get("exceededTransferLimit") is True for place in places)


def _is_one_page(document: dict[str, Any]) -> bool:
    """Return whether a server matched more features than it returned, or links to other pages.

    numberMatched is that of an OGC API, totalFeatures that of a WFS of GeoServer.
    """
    features = document.get("features")
    if not isinstance(features, list):
        return False
    for name in ("numberMatched", "totalFeatures"):
        matched = document.get(name)
        if isinstance(matched, int):
            return matched > len(features)
    links = document.get("links")
    some = links if isinstance(links, list) else []
    return any(isinstance(link, dict) and link.get("rel") in ("next", "prev") for link in some)
