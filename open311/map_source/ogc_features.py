"""Collections of an OGC API - Features (OGC 17-069r4), whose pages link to the next one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from open311.map_source.feature_file import GEOJSON, FeatureFile, are_features
from open311.map_source.found import Tell
from open311.map_source.server import MapServer, failure
from open311.messages.map_source import (
    REMOTE_COUNT,
    REMOTE_UNREADABLE,
    STEP_COUNT,
    STEP_DESCRIPTION,
    STEP_PAGE,
)
from open311.messages.problem import Problem
from schemas.fields import printable

_PAGE = "1000"
_KINDS = ("application/geo+json", "application/json", "")
"""Media types of links to GeoJSON, the surest first."""


def describe(
    server: MapServer, url: str, parameters: Mapping[str, str]
) -> tuple[str, str, str, dict[str, str]]:
    """Return title, license, and the address of the items with its parameters."""
    about = server.read_json(url, parameters, Problem(STEP_DESCRIPTION))
    license_ = _link(about, "license")
    known = printable(str(license_["href"] if license_ else about.get("license") or ""))
    items = _link(about, "items")
    address = _joined(server, url, items["href"]) if items else f"{url}/items"
    parts = urlsplit(address)
    own = {**parameters, **dict(parse_qsl(parts.query))}
    return printable(str(about.get("title") or "")), known, parts._replace(query="").geturl(), own


def read_features(
    server: MapServer,
    items: tuple[str, Mapping[str, str]],
    file: FeatureFile,
    tell: Tell,
) -> None:
    """Write all features to a file, in degrees; raises InvalidParameters if some are missing."""
    url, own = items
    parameters: Mapping[str, str] = {"limit": _PAGE, **own}
    seen: set[str] = set()
    expected: int | None = None
    number, received = 0, 0
    while url not in seen:
        number += 1
        step = Problem(STEP_PAGE, {"page": number})
        document = server.read_json(url, parameters, step)
        features = document.get("features")
        if not are_features(features):
            raise failure(REMOTE_UNREADABLE, url, step)
        matched = document.get("numberMatched")
        expected = matched if isinstance(matched, int) else expected
        received += len(features)
        file.add(features, [one.get("id") for one in features], GEOJSON)
        tell(number, file.count, expected)
        following = _link(document, "next")
        if following is None:
            break
        if parameters == {}:
            seen.add(url)
        url, parameters = _joined(server, url, following["href"]), {}
    else:
        raise failure(REMOTE_UNREADABLE, url, Problem(STEP_PAGE, {"page": number + 1}))
    # The same feature on two pages means that pages are not in order, and that others are missing.
    if file.count != received or expected not in (None, file.count):
        wanted = received if expected is None else expected
        step = Problem(STEP_COUNT)
        raise failure(REMOTE_COUNT, url, step, expected=wanted, found=file.count)


def _joined(server: MapServer, url: str, target: Any) -> str:
    """Return the address that a link leads to; raises InvalidParameters."""
    try:
        joined = urljoin(url, str(target))
    except ValueError:
        joined = str(target)
    server.check(joined)
    return joined


def _link(document: Mapping[str, Any], relation: str) -> dict[str, Any] | None:
    """Find the link of a relation, to GeoJSON if there are several."""
    links = document.get("links")
    found = [
        one
        for one in (links if isinstance(links, list) else [])
        if isinstance(one, dict) and one.get("rel") == relation and one.get("href")
    ]
    if relation != "license":
        found = [one for one in found if _kind(one) in _KINDS]
        found.sort(key=lambda one: _KINDS.index(_kind(one)))
    return found[0] if found else None


def _kind(link: Mapping[str, Any]) -> str:
    return str(link.get("type") or "").partition(";")[0].strip()
