"""Files that cities have, and files that are traps."""

import contextlib
import io
import json
import sqlite3
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import LineString, Point, box

from geo.coordinates import square_meters
from geo.errors import InvalidBoundaryFile
from geo.maps import sources
from geo.maps.boundaries import clean_boundaries
from geo.maps.files import read_features
from geo.reach import within_reach

WARDS = {"1": box(-82.7, 39.6, -82.6, 39.8), "2": box(-82.6, 39.6, -82.5, 39.8)}
ELLIPSOID = Geod(ellps="WGS84")


def write(path: Path, driver: str, layer: str = "wards", crs: str = "EPSG:4326") -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(list(WARDS.values()))),
        [np.array(list(WARDS))],
        ["ward"],
        layer=layer,
        driver=driver,
        geometry_type="Polygon",
        crs=crs,
        append=path.exists(),
    )
    return path


def collection() -> str:
    features = [
        {"type": "Feature", "properties": {"ward": code}, "geometry": area.__geo_interface__}
        for code, area in WARDS.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def refused(path: Path, **options: str) -> str:
    with pytest.raises(InvalidBoundaryFile) as caught:
        read_features(path, code_field="ward", **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "driver"),
    [("a.gpkg", "GPKG"), ("a.kml", "LIBKML"), ("a.geojson", "GeoJSON")],
)
def test_a_file_is_read_whatever_its_kind(tmp_path: Path, name: str, driver: str) -> None:
    features = read_features(write(tmp_path / name, driver), code_field="ward")
    assert {feature.code: feature.geometry.area for feature in features if feature.geometry} == {
        code: pytest.approx(area.area) for code, area in WARDS.items()
    }


def test_of_several_layers_one_is_chosen(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "GPKG", "wards")
    write(path, "GPKG", "precincts")
    assert "file.several_layers" in refused(path)
    unknown = refused(path, file_layer="x")
    assert "file.unknown_layer" in unknown
    assert "['wards', 'precincts']" in unknown
    assert len(read_features(path, code_field="ward", file_layer="precincts")) == 2


# The file still calls the column a polygon elsewhere, which GDAL remarks on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("declared", ["GEOMETRY", "CURVEPOLYGON", "MULTISURFACE"])
def test_arcs_become_short_straight_lines(tmp_path: Path, declared: str) -> None:
    """A circle of two arcs, as other programs write it into a GeoPackage."""
    path = write(tmp_path / "a.gpkg", "GPKG")
    points = ((0, 0), (1, 1), (2, 0), (1, -1), (0, 0))
    arc = struct.pack("<BII", 1, 8, len(points)) + b"".join(struct.pack("<dd", *p) for p in points)
    curve = b"GP\x00\x01" + struct.pack("<i", 4326) + struct.pack("<BII", 1, 10, 1) + arc
    with contextlib.closing(sqlite3.connect(path)) as database:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for [trigger] in database.execute(named).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", (declared,))
        database.execute("UPDATE wards SET geom = ? WHERE ward = '1'", (curve,))
        database.commit()
    boundaries, report = clean_boundaries(read_features(path, code_field="ward"))
    assert report.refused == []
    assert boundaries[0].geometry.area == pytest.approx(np.pi, rel=0.002)


def archive(path: Path, *entries: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return path


def test_a_file_in_a_folder_of_an_archive_is_found(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "a.zip", ("maps/wards.geojson", collection().encode()), ("readme", b"x")
    )
    assert len(read_features(path, code_field="ward")) == 2


@pytest.mark.parametrize(
    "name", ["../wards.geojson", "/wards.geojson", "a/../../w.json", "C:w.json"]
)
def test_a_path_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.zip", (name, collection().encode()))
    assert "archive.unsafe_path" in refused(path)


def test_shapefiles_that_differ_in_case_only_keep_their_parts(tmp_path: Path) -> None:
    entries = []
    for number, name in enumerate(("Wards", "wards")):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(folder / f"{name}.shp", "ESRI Shapefile", name)
        if name == "wards":
            (folder / "wards.dbf").write_bytes((folder / "wards.dbf").read_bytes() + b" ")
        entries += [(part.name, part.read_bytes()) for part in sorted(folder.iterdir())]
    path = archive(tmp_path / "two.zip", *entries)
    with sources.opened(path, "wards.shp") as (lower, _chosen):
        assert lower.with_suffix(".dbf").read_bytes() == dict(entries)["wards.dbf"]
        upper = lower.with_name("Wards.dbf")
        assert upper.read_bytes() == dict(entries)["Wards.dbf"]


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("wards.geojson")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(link, "/etc/passwd")
    assert "archive.unsafe_path" in refused(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 10_000_000)
    path = archive(tmp_path / "bomb.zip", ("wards.geojson", b" " * 20_000_000))
    assert path.stat().st_size < 100_000
    assert "archive.too_large" in refused(path)


def test_an_archive_that_lies_about_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 10_000_000)
    path = archive(tmp_path / "bomb.zip", ("wards.geojson", b" " * 20_000_000))
    size = (20_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1000).to_bytes(4, "little")))
    assert "archive.unreadable" in refused(path) or "archive.too_large" in refused(path)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED]
)
def test_each_damage_of_an_archive_is_a_sentence(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("wardñ.geojson", collection())
    whole = path.read_bytes()
    reasons = set()
    for place in range(0, len(whole), 4):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xA0]) + whole[place + 1 :])
        try:
            read_features(path, code_field="ward")
        except InvalidBoundaryFile as error:
            reasons.add(error.values.get("error"))
    assert len(reasons) > 2
    assert reasons.isdisjoint({"", "None"})


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ((("a", b"x"), ("a/w.json", b"x")), "File exists"),
        ((("a/w.json", b"x"), ("a", b"x")), "Is a directory"),
        (((f"{'x' * 300}.json", b"{}"),), "File name too long"),
    ],
)
def test_no_path_of_the_server_is_told(
    tmp_path: Path, entries: tuple[tuple[str, bytes], ...], reason: str
) -> None:
    told = refused(archive(tmp_path / "a.zip", *entries))
    assert reason in told
    assert "/" not in told


def test_an_entry_without_a_name_is_skipped(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", (".", b"x"), ("w.json", collection().encode()))
    assert len(read_features(path, code_field="ward")) == 2


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"next": ' + "[" * 100_000)
    assert "file.no_boundaries" in refused(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "file.no_boundaries"),
        (b"\x00" * 100, "file.no_boundaries"),
        (b"SQLite format 3\x00" + b"x" * 200, "file.no_boundaries"),
        (
            b"<?xml version='1.0'?><!DOCTYPE kml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><kml/>",
            "file.entities",
        ),
        (b"<kml xmlns='http://www.opengis.net/kml/2.2'></kml>", "file.no_boundaries"),
        (b"WFS:https://example.org", "file.no_boundaries"),
    ],
)
def test_what_is_no_file_of_boundaries_is_refused(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "wards.geojson"
    path.write_bytes(content)
    assert words in refused(path)


def test_archives_in_archives_or_with_two_maps_are_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("wards.geojson", collection())
    assert "file.no_boundaries" in refused(archive(tmp_path / "a.zip", ("b.zip", inner.getvalue())))
    two = archive(
        tmp_path / "c.zip", *[(name, collection().encode()) for name in ("a.json", "b.json")]
    )
    assert "['a.json', 'b.json']" in refused(two)


def test_a_file_that_says_degrees_and_has_none_needs_its_system(tmp_path: Path) -> None:
    flat = json.loads(collection())
    for feature in flat["features"]:
        [ring] = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[[x * 1e4, y * 1e4] for x, y in ring]]
    path = tmp_path / "wards.geojson"
    path.write_text(json.dumps(flat))
    assert "file.wrong_crs" in refused(path)
    assert "file.unknown_crs" in refused(path, crs="EPSG:nothing")
    assert read_features(path, code_field="ward", crs="EPSG:3857")


lines = st.tuples(
    st.floats(-60, 60), st.floats(-170, 170), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)
)


@given(lines, st.floats(1, 500))
def test_an_area_around_a_line_reaches_so_many_meters(
    drawn: tuple[float, float, float, float], meters: float
) -> None:
    lat, long, north, east = drawn
    line = LineString([(long, lat), (long + east, lat + north + 0.01)])
    area = within_reach(line, meters)
    for x, y in shapely.get_coordinates(area)[::7]:
        near = line.interpolate(line.project(Point(x, y)))
        _, _, distance = ELLIPSOID.inv(x, y, near.x, near.y)
        # The nearest point in degrees is not quite the nearest on the ground.
        assert distance >= meters * 0.995
    middle = line.interpolate(0.5, normalized=True)
    assert area.covers(middle)
    length = ELLIPSOID.geometry_length(line)
    expected = 2 * meters * length + np.pi * meters**2
    assert square_meters(area) == pytest.approx(expected, rel=0.005)
