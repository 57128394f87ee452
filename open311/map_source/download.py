"""Download of boundaries from an address, whatever kind of server answers there."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from open311.map_source import arcgis, ogc_features
from open311.map_source.feature_file import FeatureFile
from open311.map_source.found import Downloaded, Tell
from open311.map_source.server import MapServer, failure
from open311.messages.map_source import REMOTE_UNREADABLE, STEP_FILE
from open311.messages.problem import Problem
from open311.outgoing import RemoteResponse

_LAYER = re.compile(r"(.*/(?:FeatureServer|MapServer)/\d+)(?:/query)?/?\Z", re.IGNORECASE)
_SERVICE = re.compile(r"(.*/(?:FeatureServer|MapServer))/?\Z", re.IGNORECASE)
_COLLECTION = re.compile(r"(.*/collections/[^/]+)(?:/items)?/?\Z")
_FILE_NAME = re.compile(r"filename\*?=(?:UTF-8'')?\"?([^\";]+)", re.IGNORECASE)
_ODD = re.compile(r"[^\w.\- ]")
_SHOWN = ("bbox", "crs", "datetime", "filter", "filter-lang")
"""Parameters of a collection that say which features were read; any other may be a secret."""

_OF_QUERIES = ("token",)
"""Parameters of an address that are sent with each request, besides where; others are of a page."""

_LONGEST = 500


def download(server: MapServer, url: str, folder: Path, tell: Tell) -> Downloaded:
    """Write all boundaries of an address to a file in a folder.

    The address is that of an ArcGIS feature layer, of a collection of an OGC API, or of a file.
    Raises InvalidParameters, which says at which page; nothing of it is used then.
    """
    server.check(url)
    parts = urlsplit(url)
    plain = parts._replace(query="", fragment="").geturl()
    query = dict(parse_qsl(parts.query))
    if match := _LAYER.match(plain):
        return _arcgis(server, match[1], query, folder, tell)
    if match := _SERVICE.match(plain):
        raise arcgis.refuse_service(server, match[1], _kept(query))
    if match := _COLLECTION.match(plain):
        return _collection(server, match[1], query, folder, tell)
    return _file(server, parts._replace(fragment="").geturl(), folder)


def _kept(query: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name in _OF_QUERIES}


def _arcgis(
    server: MapServer, url: str, query: dict[str, str], folder: Path, tell: Tell
) -> Downloaded:
    where = query.get("where", arcgis.EVERY)
    layer = arcgis.describe(server, url, _kept(query), where)
    name = layer.name or url.split("/")[-3]
    with FeatureFile(folder / f"{file_name(name)}.geojson") as file:
        arcgis.read_features(server, layer, file, tell)
    address = url if where == arcgis.EVERY else f"{url}?{urlencode({'where': where})}"
    return Downloaded(file.path, _source(name, url), address, layer.license[:_LONGEST])


def _collection(
    server: MapServer, url: str, query: dict[str, str], folder: Path, tell: Tell
) -> Downloaded:
    asked = {one: value for one, value in query.items() if one not in ("limit", "offset")}
    title, license_, items, own = ogc_features.describe(server, url, asked)
    name = title or unquote(url.rsplit("/", 1)[-1])
    with FeatureFile(folder / f"{file_name(name)}.geojson") as file:
        ogc_features.read_features(server, (items, own), file, tell)
    shown = {one: value for one, value in asked.items() if one in _SHOWN}
    address = f"{url}?{urlencode(shown)}" if shown else url
    return Downloaded(file.path, _source(name, url), address, license_[:_LONGEST])


def _file(server: MapServer, url: str, folder: Path) -> Downloaded:
    answer = server.read(url, {}, Problem(STEP_FILE))
    if not answer.body:
        raise failure(REMOTE_UNREADABLE, url, Problem(STEP_FILE))
    name = file_name(_named(answer, url))
    path = folder / name
    path.write_bytes(answer.body)
    return Downloaded(path, _source(name, url), urlsplit(url)._replace(query="").geturl(), "")


def _named(answer: RemoteResponse, url: str) -> str:
    match = _FILE_NAME.search(answer.headers.get("Content-Disposition", ""))
    return unquote(match[1] if match else urlsplit(url).path.rsplit("/", 1)[-1])


def file_name(text: str) -> str:
    """Return a name of at most 100 bytes without what file systems reject, such as folders."""
    named = _ODD.sub("_", text).encode()[-100:].decode(errors="ignore")
    return named.strip(". ") or "boundaries"


def _source(name: str, url: str) -> str:
    return f"{name}, {urlsplit(url).hostname}"[:_LONGEST]
