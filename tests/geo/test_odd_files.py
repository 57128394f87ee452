"""Boundary files cut short by a server, in odd archives, and at the 180th meridian."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import MultiPolygon, box, shape

from geo.coordinates import square_meters
from geo.errors import InvalidBoundaryFile
from geo.maps.boundaries import clean_boundaries
from geo.maps.files import read_features, read_file
from tests.geo.test_encodings import NAMES, shapefile

Ring = list[list[float]]
NEXT = {"links": [{"rel": "self", "href": "a"}, {"rel": "next", "href": "b"}]}


def ring(west: float, south: float, east: float, north: float) -> Ring:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def collection(*rings: Ring, **more: object) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"ward": str(number)},
            "geometry": {"type": "Polygon", "coordinates": [one]},
        }
        for number, one in enumerate(rings, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", **more, "features": features})


def esri(**more: object) -> str:
    features = [{"attributes": {"ward": "1"}, "geometry": {"rings": [ring(0, 0, 1, 1)[::-1]]}}]
    document: dict[str, Any] = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4326},
        "fields": [{"name": "ward", "type": "esriFieldTypeString", "length": 9}],
    }
    return json.dumps({**document, **more, "features": features})


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        collection(ring(0, 0, 1, 1), exceededTransferLimit=True),
        collection(ring(0, 0, 1, 1), properties={"exceededTransferLimit": True}),
        esri(exceededTransferLimit=True),
        collection(ring(0, 0, 1, 1), numberMatched=9, numberReturned=1),
        collection(ring(0, 0, 1, 1), totalFeatures=9),
        collection(ring(0, 0, 1, 1), links=[{"rel": "prev", "href": "a"}]),
        collection(ring(0, 0, 1, 1), **NEXT),
        collection(ring(0, 0, 1, 1), **NEXT).replace("[0, 0]", "[NaN, 0]", 1),
    ],
)
def test_a_download_that_a_server_cut_short_is_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "w.geojson", text)
    with pytest.raises(InvalidBoundaryFile, match=r"file\.incomplete"):
        read_features(path, code_field="ward")
    packed = archive(tmp_path / "w.zip", {"w.geojson": text.encode()})
    with pytest.raises(InvalidBoundaryFile, match=r"file\.incomplete"):
        read_features(packed, code_field="ward")


@pytest.mark.parametrize(
    "text",
    [
        collection(ring(0, 0, 1, 1), exceededTransferLimit=False, properties=None, links="x"),
        esri(),
        collection(ring(0, 0, 1, 1), numberMatched=1, numberReturned=1, **NEXT),
        collection(ring(0, 0, 1, 1), totalFeatures=1, **NEXT),
        collection(ring(0, 0, 1, 1), totalFeatures="unknown", name="next"),
        collection(ring(0, 0, 1, 1), links=[{"rel": "self", "href": "a"}]),
    ],
)
def test_a_whole_download_is_read(tmp_path: Path, text: str) -> None:
    [feature] = read_features(written(tmp_path / "w.geojson", text), code_field="ward")
    assert feature.code == "1"


def archive(path: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def parts(path: Path, names: list[str] = NAMES) -> dict[str, bytes]:
    with zipfile.ZipFile(shapefile(path, names, "utf-8", cpg="UTF-8")) as file:
        return {Path(name).suffix.lower(): file.read(name) for name in file.namelist()}


def test_what_macos_and_people_add_to_an_archive_is_left_out(tmp_path: Path) -> None:
    shapes = {f"Wards 2022/w{suffix}": one for suffix, one in parts(tmp_path / "a.zip").items()}
    stray = {
        **{f"__MACOSX/Wards 2022/._w{suffix}": b"\x00\x05\x16\x07" for suffix in (".shp", ".dbf")},
        "._w.shp": b"\x00",
        ".DS_Store": b"\x00",
        "read me.txt": b"Wards.",
        "Thumbs.db": b"",
        "Wards 2022/w.shp.xml": b"<metadata/>",
        "style.json": b'{"version": 8, "layers": []}',
    }
    path = archive(tmp_path / "b.zip", {**stray, **shapes})
    features = read_features(path, code_field="WARD", name_field="NAME")
    assert [one.name for one in features] == NAMES


def test_parts_of_a_shapefile_may_differ_in_case(tmp_path: Path) -> None:
    cased = {".shp": "Wards.SHP", ".shx": "WARDS.shx", ".dbf": "wards.Dbf", ".prj": "Wards.PRJ"}
    content = parts(tmp_path / "a.zip")
    path = archive(tmp_path / "b.zip", {name: content[suffix] for suffix, name in cased.items()})
    features = read_features(path, code_field="WARD", name_field="NAME")
    assert [one.name for one in features] == NAMES


def test_one_of_several_files_is_chosen(tmp_path: Path) -> None:
    wards = {f"maps/wards{suffix}": one for suffix, one in parts(tmp_path / "a.zip").items()}
    two = parts(tmp_path / "b.zip", ["North", "South"])
    precincts = {f"maps/precincts{suffix}": one for suffix, one in two.items()}
    more = {"area.geojson": collection(ring(0, 0, 1, 1)).encode()}
    path = archive(tmp_path / "c.zip", {**wards, **precincts, **more})
    for wrong in ({}, {"file_layer": "nothing"}):
        with pytest.raises(InvalidBoundaryFile, match=r"archive\.several_files") as caught:
            read_features(path, code_field="WARD", **wrong)
        assert caught.value.field == "file_layer"
        assert set(caught.value.values["found"]) == {"wards.shp", "precincts.shp", "area.geojson"}
    for chosen, count in (("wards", 3), ("precincts.shp", 2)):
        assert len(read_features(path, code_field="WARD", file_layer=chosen)) == count
    assert len(read_features(path, code_field="ward", file_layer="area")) == 1


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    one, other = (collection(*[ring(0, 0, 1, 1)] * count).encode() for count in (1, 2))
    path = archive(tmp_path / "c.zip", {"2012/w.geojson": one, "2022/w.geojson": other})
    features = read_features(path, code_field="ward", file_layer="2022/w")
    assert len(features) == 2


FIJI = MultiPolygon([box(179.9, -17, 180, -16), box(-180, -17, -179.9, -16)])


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (ring(-179.9, -17, 179.9, -16), FIJI),
        (ring(179.9, -17, 180.1, -16), FIJI),
        (ring(277.4, 39.7, 277.5, 39.8), MultiPolygon([box(-82.6, 39.7, -82.5, 39.8)])),
    ],
)
def test_an_area_at_the_180th_meridian_is_cut(
    tmp_path: Path, drawn: Ring, expected: MultiPolygon
) -> None:
    read = read_file(written(tmp_path / "w.geojson", collection(drawn)), code_field="ward")
    assert [one.key for one in read.notices] == ["feature.cut"]
    [boundary], report = clean_boundaries(read.features)
    assert report.refused == []
    assert square_meters(boundary.geometry ^ expected) < 1


def test_an_area_that_is_cut_already_stays_as_it_is(tmp_path: Path) -> None:
    document = json.loads(collection(ring(0, 0, 1, 1)))
    document["features"][0]["geometry"] = FIJI.__geo_interface__
    path = written(tmp_path / "w.geojson", json.dumps(document))
    read = read_file(path, code_field="ward")
    assert read.notices == []
    assert shape(read.features[0].geometry).equals(FIJI)
