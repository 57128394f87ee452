"""The endpoint of another server, found from an address."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from open311.errors import InvalidParameters, SourceFailed
from open311.georeport_source.documents import Unreadable, list_entries
from open311.georeport_source.fetch import RemoteServer
from open311.messages.imports import ENDPOINT_INVALID, SOURCE_UNREADABLE, SOURCE_WITHOUT_ENDPOINT

_DISCOVERY = re.compile(r"/discovery\.(xml|json)$")
_DOCUMENT = re.compile(r"/(services|requests)(\.(xml|json))?$")
_SPECIFICATION = re.compile(r"_v2/?$")


def normalized_address(address: str) -> str:
    """Return a normalized address: without a trailing slash, its host in lower case.

    Imports are identified by it. Raises InvalidParameters unless it is a bare HTTP or HTTPS
    address.
    """
    try:
        parts = urlsplit(address.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or "@" in parts.netloc:
        raise InvalidParameters(ENDPOINT_INVALID)
    bare = f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")
    return _DOCUMENT.sub("", bare)


def find_endpoint(source: RemoteServer) -> None:
    """Set a source to the endpoint that its discovery document names (spec 3).

    That is the first GeoReport v2 endpoint for production. Raises SourceFailed without one.
    """
    match = _DISCOVERY.search(source.endpoint)
    if match is None:
        return
    discovery, source.endpoint = source.endpoint, source.endpoint[: match.start()]
    source.formats = (match[1], *(each for each in source.formats if each != match[1]))
    try:
        endpoints = [row for row in source.read("discovery", _endpoints) if _is_v2(row)]
    except Unreadable as error:
        raise SourceFailed(SOURCE_UNREADABLE, answer=str(error)) from None
    production = [row for row in endpoints if row.get("type") == "production"]
    if not endpoints:
        raise SourceFailed(SOURCE_WITHOUT_ENDPOINT, discovery=discovery)
    chosen = (production or endpoints)[0]
    source.endpoint = normalized_address(str(chosen["url"]))
    source.formats = ("json", "xml") if "json" in str(chosen.get("formats")) else ("xml",)


def _endpoints(document: Any) -> list[Any]:
    if isinstance(document, Mapping):
        document = document.get("discovery", document)
    return list_entries(document, "endpoints", "endpoint", mark="url")


def _is_v2(row: Any) -> bool:
    return (
        isinstance(row, Mapping)
        and bool(_SPECIFICATION.search(str(row.get("specification"))))
        and bool(row.get("url"))
    )
