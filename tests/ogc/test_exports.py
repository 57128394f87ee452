"""Files of what a filter leaves: CSV, GeoJSON, GeoJSON text sequences and GeoPackage."""

import csv
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import requests
from georeport_client import Api
from servers import PATIENCE

from open311.web.exports import spooled
from tests.ogc.conftest import Client
from tests.ogc.test_features import PUBLIC

FORMULA = '=HYPERLINK("https://bad.example","look")'


def export(client: Client, collection: str = "requests", **asked: Any) -> requests.Response:
    answer = client.get(f"/collections/{collection}/export", **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer


def rows_of(answer: requests.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_csv_has_what_the_list_has(everyone: Client) -> None:
    rows = rows_of(export(everyone, f="csv"))
    assert [row["id"] for row in rows if row["id"] in PUBLIC] == PUBLIC
    first = rows[-1]
    assert (first["lat"], first["long"], first["ward"]) == ("0.5", "-0.5", "2")
    assert first["requested_datetime"].endswith("Z")
    assert [row["lat"] for row in rows if row["id"] == "26-0000004"] == [""]
    some = rows_of(export(everyone, filter="status = 'closed'", properties="status"))
    assert [(row["id"], row["status"]) for row in some] == [
        ("26-0000002", "closed"),
        ("20-0000001", "closed"),
    ]
    assert set(some[0]) == {"id", "lat", "long", "wkt", "status"}


def test_a_formula_is_made_harmless_in_csv_and_stays_elsewhere(everyone: Client, api: Api) -> None:
    id_ = api.report(description=FORMULA)
    asked = {"filter": f"service_request_id = '{id_}'"}
    [row] = rows_of(export(everyone, **asked))
    assert row["description"] == f"'{FORMULA}"
    document = export(everyone, f="geojson", **asked).json()
    assert document["features"][0]["properties"]["description"] == FORMULA


def test_geojson_notes_what_it_is_of(everyone: Client) -> None:
    document = export(everyone, f="geojson", filter="status = 'closed'").json()
    assert document["type"] == "FeatureCollection"
    assert document["filter"] == "status = 'closed'"
    assert document["made"].endswith("Z")
    assert "ward " in document["boundary_sets"]
    assert [one["id"] for one in document["features"]] == ["26-0000002", "20-0000001"]
    assert document["features"][0]["geometry"] == {"type": "Point", "coordinates": [0.5, 0.5]}
    assert export(everyone, f="geojson", filter="status = 'x'").json()["features"] == []


def test_a_sequence_has_a_record_for_each(everyone: Client) -> None:
    answer = export(everyone, f="geojsonseq", filter="status = 'closed'")
    assert answer.headers["Content-Type"] == "application/geo+json-seq"
    records = [json.loads(part) for part in answer.text.split("\x1e") if part]
    assert [one["id"] for one in records] == ["26-0000002", "20-0000001"]


@pytest.mark.parametrize("collection", ["requests", "ward"])
def test_a_geopackage_opens_in_gdal(everyone: Client, tmp_path: Path, collection: str) -> None:
    file = tmp_path / "x.gpkg"
    file.write_bytes(export(everyone, collection, f="gpkg").content)
    info = pyogrio.read_info(file)
    expected = everyone.items(collection, limit=1000)
    assert info["features"] == expected["numberMatched"]
    assert info["crs"] == "EPSG:4326"
    assert info["layer_metadata"]["boundary_sets"]
    meta, _, shapes, columns = pyogrio.raw.read(file)
    fields = dict(zip(meta["fields"], columns, strict=True))
    assert list(fields["id"]) == [one["id"] for one in expected["features"]]
    if collection == "requests":
        assert fields["requested_datetime"].dtype.kind == "M"
        assert fields["overdue"].dtype.kind == "b"
        assert [shape is None for shape in shapes].count(True) == 1


def test_an_empty_geopackage_still_has_its_layer(everyone: Client, tmp_path: Path) -> None:
    file = tmp_path / "x.gpkg"
    file.write_bytes(export(everyone, f="gpkg", filter="status = 'x'").content)
    assert pyogrio.read_info(file)["features"] == 0


def test_a_file_by_post_for_a_large_area(everyone: Client) -> None:
    url = f"{everyone.address}/ogc/collections/requests/export"
    square = {"type": "Polygon", "coordinates": [[[-1, -1], [0, -1], [0, 1], [-1, 1], [-1, -1]]]}
    body = {"f": "csv", "filter": {"op": "s_within", "args": [{"property": "geometry"}, square]}}
    assert [row["id"] for row in rows_of(requests.post(url, json=body, timeout=PATIENCE))] == [
        "20-0000001"
    ]


def test_staff_get_what_is_not_public(staff: Client, everyone: Client) -> None:
    assert len(rows_of(export(staff))) > len(rows_of(export(everyone)))
    assert "routing_rule" in rows_of(export(staff))[0]


def test_what_cannot_be_exported_is_refused_before_a_byte_is_sent(everyone: Client) -> None:
    for asked, words in (
        ({"f": "xlsx"}, "f must be one of csv, geojson, geojsonseq, gpkg"),
        ({"filter": "color = 1"}, "filter uses unknown property 'color'"),
        ({"color": "red"}, "Unknown parameter color"),
    ):
        answer = everyone.get("/collections/requests/export", **asked)
        assert answer.status_code == 400
        assert words in answer.json()["description"]


def test_a_large_file_is_not_in_memory_while_it_is_written() -> None:
    pieces = (bytes(100_000) for _ in range(200))
    tracemalloc.start()
    with spooled(pieces) as file:
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert file.tell() == 20_000_000
    assert peak < 5_000_000
