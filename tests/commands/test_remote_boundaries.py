"""open311 boundaries import from servers: ArcGIS, OGC API, and plain files, over HTTP."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from foreign_server import NOT_FOUND, ForeignServer, Reply, foreign_server
from servers import running_server

from open311.errors import InvalidParameters
from open311.map_source.server import MapServer
from open311.messages.map_source import REMOTE_SLOW
from open311.messages.problem import Problem
from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]
Answer = Callable[[dict[str, str]], Any]

LAYER = ("--layer", "zone", "--code-field", "code")
CODES = ("1", "2", "3", "4", "5")
ARCGIS = "/arcgis/rest/services/Zones/FeatureServer"


def ring(number: int) -> list[list[float]]:
    """Return the outline of one of five strips of Gridtown, clockwise as Esri draws it."""
    west, east = -1 + 0.4 * number, -1 + 0.4 * (number + 1)
    return [[west, -1], [west, 1], [east, 1], [east, -1], [west, -1]]


def as_geojson(number: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": number + 1,
        "properties": {"code": CODES[number]},
        "geometry": {"type": "Polygon", "coordinates": [ring(number)]},
    }


def as_esri(number: int) -> dict[str, Any]:
    values = {"OBJECTID": number + 1, "code": CODES[number]}
    return {"attributes": values, "geometry": {"rings": [ring(number)]}}


class EsriLike:
    """What an ArcGIS server answers: at most two features at once, in GeoJSON or Esri JSON."""

    def __init__(self, *, modern: bool = True, count: int = len(CODES)) -> None:
        self.modern = modern
        self.count = count
        self.broken: Reply | None = None  # the answer in place of the second page

    def __call__(self, path: str, asked: dict[str, str]) -> Reply:
        if path == f"{ARCGIS}/0/query":
            return self._query(asked)
        return {f"{ARCGIS}/0": Reply(self._about()), ARCGIS: Reply(self._service())}.get(
            path, NOT_FOUND
        )

    def _about(self) -> dict[str, Any]:
        return {
            "type": "Feature Layer",
            "name": "Zones",
            "copyrightText": "Town of Grid, CC BY 4.0",
            "maxRecordCount": 2,
            "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"}],
            "supportedQueryFormats": "JSON, geoJSON" if self.modern else "JSON",
            "advancedQueryCapabilities": {"supportsPagination": self.modern},
        }

    def _service(self) -> dict[str, Any]:
        return {"layers": [{"id": 0, "name": "Zones"}, {"id": 1, "name": "Roads"}]}

    def _query(self, asked: dict[str, str]) -> Reply:
        if "returnCountOnly" in asked:
            return Reply({"count": self.count})
        if "returnIdsOnly" in asked:
            return Reply({"objectIdFieldName": "OBJECTID", "objectIds": [5, 4, 3, 2, 1]})
        assert asked["outSR"] == "4326"
        if "objectIds" in asked:
            numbers = [int(one) - 1 for one in asked["objectIds"].split(",")]
        else:
            assert asked["orderByFields"] == "OBJECTID"
            first = int(asked["resultOffset"])
            size = min(2, int(asked["resultRecordCount"]))
            numbers = list(range(first, min(first + size, len(CODES))))
        if self.broken is not None and 2 in numbers:
            return self.broken
        if asked["f"] == "geojson":
            more = {"exceededTransferLimit": numbers[-1:] != [len(CODES) - 1]}
            features = [as_geojson(one) for one in numbers]
            return Reply({"type": "FeatureCollection", "properties": more, "features": features})
        fields = [{"name": "code", "type": "esriFieldTypeString", "alias": "code", "length": 5}]
        about = {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4326}}
        return Reply({**about, "fields": fields, "features": [as_esri(one) for one in numbers]})


class FeaturesLike:
    """What an OGC API answers: pages that link to the next one. matched is what it says it has."""

    def __init__(self, matched: int = len(CODES)) -> None:
        self.matched = matched

    def __call__(self, path: str, asked: dict[str, str]) -> Reply:
        if path == "/api/collections/zones":
            links = [
                {"rel": "items", "type": "text/html", "href": "/nowhere"},
                {"rel": "items", "type": "application/geo+json", "href": "zones/items?f=json"},
                {"rel": "license", "href": "https://license.example/by"},
            ]
            return Reply({"id": "zones", "title": "Zones of Grid", "links": links})
        if path != "/api/collections/zones/items" or asked.get("f") != "json":
            return NOT_FOUND
        first = int(asked.get("offset", 0))
        numbers = range(first, min(first + 2, len(CODES)))
        after = f"items?f=json&offset={first + 2}"
        links = [{"rel": "next", "href": after}] if first + 2 < len(CODES) else []
        return Reply(
            {
                "type": "FeatureCollection",
                "numberMatched": self.matched,
                "numberReturned": len(numbers),
                "links": links,
                "features": [as_geojson(one) for one in numbers],
            }
        )


@pytest.fixture
def served() -> Iterator[Callable[[Any], ForeignServer]]:
    """Start servers with what they answer."""
    running = []

    def start(answer: Any) -> ForeignServer:
        context = foreign_server(answer)
        running.append(context)
        return context.__enter__()

    yield start
    for one in running:
        one.__exit__(None, None, None)


@pytest.fixture
def reaching(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Gridtown, which may read from this machine."""
    monkeypatch.setitem(app.config, "OPEN311_BOUNDARY_PRIVATE", frozenset({"127.0.0.1"}))
    return app


def import_(open311: CommandLine, url: str, *options: str) -> list[str]:
    return open311.lines("boundaries", "import", url, *LAYER, *options, "--commit")


@pytest.mark.parametrize("modern", [True, False], ids=["pages", "ids"])
def test_a_layer_of_arcgis_is_read_completely(
    reaching: Flask, open311: CommandLine, served: Callable[[Any], ForeignServer], modern: bool
) -> None:
    server = served(EsriLike(modern=modern))
    url = f"{server.address}{ARCGIS}/0"
    lines = import_(open311, f"{url}/query?where=1%3D1&f=html")
    assert lines[0] == f"Read from {url}, under Town of Grid, CC BY 4.0."
    assert lines[1] == "Zones.geojson: 5 features, 5 boundaries."
    assert lines[-1] == "Imported."
    [line] = [one for one in open311.lines("boundaries", "list") if one.startswith("zone: ")]
    assert "5 since the beginning, from Zones, 127.0.0.1, under Town of Grid, CC BY 4.0" in line
    assert f" at {url}, by " in line
    asked = [one for path, one in server.asked if path.endswith("query")]
    assert len(asked) == (4 if modern else 5)  # a count (and the ids), and three pages
    assert import_(open311, url)[-1].startswith("Nothing was stored, because the file is equal")


def test_a_collection_of_an_ogc_api_is_read_completely(
    reaching: Flask, open311: CommandLine, served: Callable[[Any], ForeignServer]
) -> None:
    url = f"{served(FeaturesLike()).address}/api/collections/zones"
    lines = import_(open311, f"{url}/items?limit=1")
    assert lines[0] == f"Read from {url}, under https://license.example/by."
    assert "5 features, 5 boundaries" in lines[1]
    client = reaching.test_client()
    [zone] = [
        one
        for one in client.get("/ogc/collections").get_json()["collections"]
        if one["id"] == "zone"
    ]
    links = {one["rel"]: one for one in zone["links"]}
    assert "via" not in links  # an address in the city's own network
    assert links["license"]["href"] == "https://license.example/by"


def test_our_own_server_is_read_and_a_plain_file_too(
    reaching: Flask,
    open311: CommandLine,
    served: Callable[[Any], ForeignServer],
    shared_databases: tuple[str, str],
    tmp_path: Path,
) -> None:
    with running_server(shared_databases[0], tmp_path / "server.log") as server:
        url = f"{server}/ogc/collections/ward"
        lines = import_(open311, url)
        assert lines[0] == f"Read from {url}."
        assert "2 features, 2 boundaries" in lines[1]
    document = {"type": "FeatureCollection", "features": [as_geojson(one) for one in range(5)]}
    disposition = {"Content-Disposition": 'attachment; filename="../zones 2027.geojson"'}
    reply = Reply(json.dumps(document).encode(), headers=disposition)
    server = served(lambda path, asked: reply if asked["layers"] == "0" else NOT_FOUND)
    lines = import_(open311, f"{server.address}/download?layers=0&token=secret")
    assert lines[0] == f"Read from {server.address}/download."  # any parameter may be a secret
    assert lines[1].startswith("_zones 2027.geojson: 5 features")


ERROR: Mapping[str, Any] = {"error": {"code": 400, "message": "Unable to complete operation."}}


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (Reply(b"down", 500), "answered with status 500, at page 2. Nothing was stored."),
        (Reply(ERROR), "answered “Unable to complete operation.”, at page 2. Nothing"),
        (Reply(b"<html>"), "The answer of 127.0.0.1 cannot be read, at page 2."),
        (Reply({"features": []}), "says that it has 5 features, but sent 2 different ones."),
    ],
    ids=["status", "error", "no JSON", "nothing"],
)
def test_a_page_that_fails_stores_nothing(
    reaching: Flask,
    open311: CommandLine,
    contents: Contents,
    served: Callable[[Any], ForeignServer],
    broken: Reply,
    words: str,
) -> None:
    esri = EsriLike()
    esri.broken = broken
    url = f"{served(esri).address}{ARCGIS}/0"
    before = contents()
    assert words in open311.refusal("boundaries", "import", url, *LAYER, "--commit")
    assert contents() == before


def test_what_is_incomplete_or_no_layer_is_refused(
    reaching: Flask, open311: CommandLine, served: Callable[[Any], ForeignServer]
) -> None:
    def refusal(url: str) -> str:
        return open311.refusal("boundaries", "import", url, *LAYER, "--draft")

    arcgis = served(EsriLike(count=6)).address + ARCGIS
    assert "has 6 features, but sent 5 different ones" in refusal(f"{arcgis}/0")
    assert "layers: 0 (Zones), 1 (Roads)" in refusal(arcgis)
    assert "status 404, at the description" in refusal(f"{arcgis}/7")
    features = served(FeaturesLike(matched=7)).address
    assert "has 7 features, but sent 5" in refusal(f"{features}/api/collections/zones")
    assert "status 404, at the file" in refusal(f"{features}/zones.zip")


def test_redirects_do_not_lead_out_of_a_private_host(
    reaching: Flask, open311: CommandLine, served: Callable[[Any], ForeignServer]
) -> None:
    inside = served(EsriLike())
    other = inside.address.replace("127.0.0.1", "localhost") + f"{ARCGIS}/0"
    moved = served(lambda path, asked: Reply(b"", 302, {"Location": other}))
    refusal = open311.refusal("boundaries", "import", f"{moved.address}{ARCGIS}/0", *LAYER)
    assert "127.0.0.1 redirects to an address that may not be read, at the description." in refusal
    assert not inside.asked


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (f"{ARCGIS}/0", {"type": "Feature Layer", "fields": [], "objectIdField": "id"}),
        ("/api/collections/zones", {"links": [{"rel": "items", "href": "http://[x"}]}),
        ("/api/collections/zones", {"features": [5], "title": "Zones\x00"}),
    ],
    ids=["no features", "no link", "no feature"],
)
def test_odd_answers_get_a_sentence(
    reaching: Flask,
    open311: CommandLine,
    served: Callable[[Any], ForeignServer],
    path: str,
    document: dict[str, Any],
) -> None:
    counted = {"count": 1, "features": [{"id": {}, "attributes": [1]}]}
    odd = served(lambda path, asked: Reply({**counted, **document}))
    refusal = open311.refusal("boundaries", "import", f"{odd.address}{path}", *LAYER)
    assert "Nothing was stored" in refusal or "that begins with https://" in refusal
    for url in ("https://[::1", "https://exa]mple/x"):
        assert "that begins with https://" in open311.refusal("boundaries", "import", url, *LAYER)


def test_the_condition_of_a_query_counts(
    reaching: Flask, open311: CommandLine, served: Callable[[Any], ForeignServer]
) -> None:
    server = served(EsriLike())
    url = f"{server.address}{ARCGIS}/0"
    lines = import_(open311, f"{url}/query?where=CITY%3D%27Grid%27&f=html")
    assert lines[0].startswith(f"Read from {url}?where=CITY%3D%27Grid%27, under")
    asked = [one for path, one in server.asked if path.endswith("query")]
    assert {one["where"] for one in asked} == {"CITY='Grid'"}


def test_only_public_addresses_are_read(
    app: Flask, open311: CommandLine, served: Callable[[Any], ForeignServer]
) -> None:
    server = served(EsriLike())
    for url in (f"{server.address}{ARCGIS}/0", "ftp://gis.example/zones.zip", "https://a b/c"):
        refusal = open311.refusal("boundaries", "import", url, *LAYER)
        assert "that begins with https://" in refusal
    private = server.address.replace("http://", "https://")
    refusal = open311.refusal("boundaries", "import", f"{private}/zones.zip", *LAYER)
    assert "127.0.0.1 is not an address on the public internet" in refusal
    assert not server.asked


def test_a_busy_server_is_asked_again_after_the_time_it_names() -> None:
    """The times are those of the server, or else planned; nobody waits beyond the limit."""
    busy = [Reply(b"", 503, {"Retry-After": "7"}), Reply(b"", 429)]
    late = Reply(b"", 503, {"Retry-After": "9999"})
    replies = iter([Reply(b"first"), *busy, Reply(b"at last"), late])
    waited: list[float] = []
    with foreign_server(lambda _path, _asked: next(replies)) as gis:
        server = MapServer(
            private_hosts={"127.0.0.1"},
            most_bytes=100,
            seconds=600,
            waits=(1, 5, 20),
            wait=waited.append,
        )

        def read() -> bytes:
            return server.read(gis.address, {}, Problem(REMOTE_SLOW)).body

        assert [read(), read()] == [b"first", b"at last"]
        assert waited == [7, 5]
        with pytest.raises(InvalidParameters):
            read()
    assert waited == [7, 5]
