"""Reading boundary files: coordinate systems, fields, conditions, and files that are broken."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry

from geo.errors import InvalidBoundaryFile, InvalidGeometry
from geo.maps.boundaries import CleanBoundary, clean_boundaries, merge_all
from geo.maps.files import read_features

SQUARE, NEXT = box(0, 0, 1, 1), box(1, 0, 2, 1)
CINCINNATI = box(1_400_000, 400_000, 1_410_000, 430_000)
"""In feet of Ohio South, EPSG:3735."""

LOCAL_GRID = (
    'LOCAL_CS["Site grid",LOCAL_DATUM["Site",0],UNIT["Meter",1.0],AXIS["X",EAST],AXIS["Y",NORTH]]'
)


def geojson(path: Path, *features: tuple[dict[str, Any], Any], crs: str | None = None) -> Path:
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": mapping(shape) if isinstance(shape, BaseGeometry) else shape,
            }
            for properties, shape in features
        ],
    }
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def shapefile(
    path: Path,
    shapes: list[BaseGeometry | None],
    fields: dict[str, list[Any]],
    crs: str = "EPSG:4326",
    without: str = "",
) -> Path:
    """Write a Shapefile and zip it to path; without is the suffix of a part to leave out."""
    folder = path.with_suffix("")
    folder.mkdir()
    pyogrio.raw.write(
        folder / f"{path.stem}.shp",
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.array(values) for values in fields.values()],
        list(fields),
        geometry_type="Polygon",
        crs=crs,
        driver="ESRI Shapefile",
    )
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            if part.suffix != without:
                archive.write(part, part.name)
    return path


def copy_parts(source: Path, target: Path) -> Path:
    """Add the parts of one archive to another."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "a") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return target


def in_degrees(shape: Polygon) -> Polygon:
    transformer = Transformer.from_crs("EPSG:3735", "EPSG:4326", always_xy=True)
    return Polygon([transformer.transform(x, y) for x, y in shape.exterior.coords])


def same_place(one: BaseGeometry | None, other: BaseGeometry) -> bool:
    return shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), tolerance=1e-9)


def test_geojson_is_read_in_its_order_with_codes_and_names(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "wards.geojson",
        ({"ward": "10", "name": " Zehn "}, NEXT),
        ({"ward": "2", "name": "Zwö"}, SQUARE),
    )
    first, second = read_features(path, code_field="ward", name_field="name")
    assert (first.number, first.code, first.name) == (1, "10", "Zehn")
    assert (second.number, second.code, second.name) == (2, "2", "Zwö")
    assert same_place(first.geometry, NEXT)
    assert same_place(second.geometry, SQUARE)


def test_names_are_empty_where_no_field_is_named(tmp_path: Path) -> None:
    path = geojson(tmp_path / "wards.geojson", ({"ward": "1", "name": "One"}, SQUARE))
    assert [one.name for one in read_features(path, code_field="ward")] == [""]


def test_without_a_field_for_the_code_the_file_gives_its_name(tmp_path: Path) -> None:
    path = geojson(tmp_path / "area.geojson", ({}, SQUARE), ({}, NEXT))
    assert [one.code for one in read_features(path, code_field=None)] == ["area", "area"]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([3.0, 10.0], ["3", "10"]),
        ([3.5, 4.0], ["3.5", "4"]),
        ([3, None], ["3", ""]),
        ([7.0, None], ["7", ""]),
        ([" 7B ", None], ["7B", ""]),
        (["007", "0"], ["007", "0"]),
        ([0, -1], ["0", "-1"]),
    ],
)
def test_codes_are_read_as_people_write_them(
    tmp_path: Path, values: list[Any], codes: list[str]
) -> None:
    path = geojson(tmp_path / "a.geojson", *[({"code": value}, SQUARE) for value in values])
    assert [one.code for one in read_features(path, code_field="code")] == codes


@pytest.mark.parametrize("values", [[3.0, 10.0], [3, 10], ["3", "10"]])
def test_a_zipped_shapefile_in_feet_is_turned_to_degrees(tmp_path: Path, values: list[Any]) -> None:
    shapes = [CINCINNATI, box(1_410_000, 400_000, 1_420_000, 430_000)]
    path = shapefile(tmp_path / "wards.zip", shapes, {"WARD": values}, crs="EPSG:3735")
    features = read_features(path, code_field="WARD")
    assert [one.code for one in features] == ["3", "10"]
    for one, shape in zip(features, shapes, strict=True):
        assert same_place(one.geometry, in_degrees(shape))


def test_a_shapefile_in_a_folder_of_its_archive_is_found(tmp_path: Path) -> None:
    flat = shapefile(tmp_path / "flat.zip", [CINCINNATI], {"WARD": [1]}, crs="EPSG:3735")
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(flat) as old, zipfile.ZipFile(nested, "w") as new:
        for name in old.namelist():
            new.writestr(f"Wards 2026/{name}", old.read(name))
        new.writestr("Wards 2026/read me.txt", "The wards.")
    [one] = read_features(nested, code_field="WARD")
    assert same_place(one.geometry, in_degrees(CINCINNATI))


def test_geojson_that_declares_feet_is_turned_to_degrees(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson", ({"code": "1"}, CINCINNATI), crs="urn:ogc:def:crs:EPSG::3735"
    )
    [one] = read_features(path, code_field="code")
    assert same_place(one.geometry, in_degrees(CINCINNATI))


def test_what_the_file_declares_beats_what_is_said_of_it(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.zip", [CINCINNATI], {"WARD": [1]}, crs="EPSG:3735")
    [one] = read_features(path, code_field="WARD", crs="EPSG:2249")
    assert same_place(one.geometry, in_degrees(CINCINNATI))


def test_a_shapefile_that_declares_nothing_is_read_if_it_holds_degrees(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.zip", [SQUARE, None], {"WARD": [1, 2]}, without=".prj")
    first, second = read_features(path, code_field="WARD")
    assert same_place(first.geometry, SQUARE)
    assert second.geometry is None


def test_a_shapefile_that_declares_nothing_is_refused_if_it_holds_no_degrees(
    tmp_path: Path,
) -> None:
    path = shapefile(tmp_path / "a.zip", [SQUARE, CINCINNATI], {"W": [1, 2]}, without=".prj")
    with pytest.raises(InvalidBoundaryFile, match=r"file\.no_crs.*a\.zip"):
        read_features(path, code_field="W")


def test_the_coordinate_system_can_be_said_where_the_file_does_not(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.zip", [CINCINNATI], {"WARD": [1]}, "EPSG:3735", without=".prj")
    [one] = read_features(path, code_field="WARD", crs="EPSG:3735")
    assert same_place(one.geometry, in_degrees(CINCINNATI))


@pytest.mark.parametrize("crs", ["feet", "EPSG:999999"])
def test_a_coordinate_system_that_does_not_exist_is_refused(tmp_path: Path, crs: str) -> None:
    path = shapefile(tmp_path / "a.zip", [SQUARE], {"WARD": [1]}, without=".prj")
    with pytest.raises(InvalidBoundaryFile, match=rf"file\.unknown_crs.*'{crs}'"):
        read_features(path, code_field="WARD", crs=crs)


def test_a_grid_that_is_tied_to_no_place_on_earth_is_refused(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.zip", [CINCINNATI], {"WARD": [1]}, without=".prj")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a.prj", LOCAL_GRID)
    with pytest.raises(InvalidBoundaryFile):
        read_features(path, code_field="WARD")


@pytest.mark.parametrize(
    "fields",
    [
        {"code_field": "precinct"},
        {"code_field": "WARD"},
        {"code_field": "ward", "name_field": "precinct"},
        {"code_field": None, "name_field": "precinct"},
    ],
)
def test_an_unknown_field_is_refused_with_those_there_are(
    tmp_path: Path, fields: dict[str, str | None]
) -> None:
    path = geojson(tmp_path / "a.geojson", ({"ward": "1", "name": "One"}, SQUARE))
    with pytest.raises(InvalidBoundaryFile, match=r"unknown_field.*\['ward', 'name'\]"):
        read_features(path, **fields)


def test_a_condition_leaves_features_out(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        ({"WARD": "0", "YEAR": 2020}, SQUARE),
        ({"WARD": "7", "YEAR": 2021}, NEXT),
        ({"WARD": "8", "YEAR": 1999}, SQUARE),
    )
    [one] = read_features(path, code_field="WARD", where="WARD <> '0' AND YEAR > 2000")
    assert one.code == "7"
    assert same_place(one.geometry, NEXT)


def test_a_condition_does_not_change_the_number_a_feature_has_in_the_file(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", ({"WARD": "0"}, SQUARE), ({"WARD": "7"}, NEXT))
    [one] = read_features(path, code_field="WARD", where="WARD <> '0'")
    assert (one.number, one.code) == (2, "7")


@pytest.mark.parametrize("where", ["PRECINCT = 1", "WARD <<> '", "WARD ="])
def test_a_condition_that_makes_no_sense_is_refused(tmp_path: Path, where: str) -> None:
    path = geojson(tmp_path / "a.geojson", ({"WARD": "0"}, SQUARE))
    with pytest.raises(InvalidBoundaryFile, match=r"file\.invalid_where.*a\.geojson"):
        read_features(path, code_field="WARD", where=where)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", b'{"type": "FeatureCollection", "features": ['),
        ("a.geojson", b"no JSON at all"),
        ("a.geojson", b""),
        ("a.zip", b"no archive at all"),
        ("a.csv", b"code,name\n1,One\n"),
    ],
)
def test_a_file_without_boundaries_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidBoundaryFile) as caught:
        read_features(path, code_field=None)
    told = str(caught.value)
    assert caught.value.key == "file.no_boundaries"
    assert caught.value.values == {"file": name}
    assert str(tmp_path) not in told


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidBoundaryFile, match=r"file\.missing.*nowhere\.zip"):
        read_features(tmp_path / "nowhere.zip", code_field=None)


@pytest.mark.parametrize("part", [".shx", ".dbf", ".shp"])
def test_a_shapefile_with_a_part_missing_is_refused(tmp_path: Path, part: str) -> None:
    path = shapefile(tmp_path / "a.zip", [SQUARE, NEXT], {"WARD": [1, 2]}, without=part)
    with pytest.raises(InvalidBoundaryFile, match=r"a\.zip"):
        read_features(path, code_field="WARD")


def test_an_archive_of_two_shapefiles_is_refused_and_not_read_in_half(tmp_path: Path) -> None:
    one = shapefile(tmp_path / "one.zip", [SQUARE], {"WARD": [1]})
    two = shapefile(tmp_path / "two.zip", [NEXT], {"WARD": [2]})
    with pytest.raises(InvalidBoundaryFile, match=r"two\.zip"):
        read_features(copy_parts(one, two), code_field="WARD")


@pytest.mark.filterwarnings("ignore:Non closed ring:RuntimeWarning")
@pytest.mark.parametrize(
    "ring", [[[0, 0], [1, 0], [1, 1], [0, 1]], [[0, 0], [0, 0]], [[0, 0], ["x", 0], [1, 1], [0, 0]]]
)
def test_a_broken_ring_does_not_stop_the_other_features(tmp_path: Path, ring: list[Any]) -> None:
    broken = {"type": "Polygon", "coordinates": [ring]}
    path = geojson(tmp_path / "a.geojson", ({"ward": "1"}, broken), ({"ward": "2"}, NEXT))
    features = read_features(path, code_field="ward")
    assert [one.code for one in features] == ["1", "2"]
    assert same_place(features[1].geometry, NEXT)


def test_height_in_a_file_is_flattened_to_the_same_place(tmp_path: Path) -> None:
    high = Polygon([(x, y, 250.0) for x, y in SQUARE.exterior.coords])
    path = geojson(tmp_path / "a.geojson", ({"ward": "1"}, high))
    [boundary], _report = clean_boundaries(read_features(path, code_field="ward"))
    assert not boundary.geometry.has_z
    assert same_place(boundary.geometry, MultiPolygon([SQUARE]))


def test_all_boundaries_merge_to_one_valid_area() -> None:
    pieces = [SQUARE, NEXT, box(5, 0, 6, 1)]
    merged = merge_all(
        [CleanBoundary(str(number), "", MultiPolygon([one])) for number, one in enumerate(pieces)]
    )
    assert merged.geom_type == "MultiPolygon"
    assert merged.is_valid
    assert len(merged.geoms) == 2
    assert merged.equals(MultiPolygon([box(0, 0, 2, 1), box(5, 0, 6, 1)]))


def test_no_boundaries_make_no_area() -> None:
    with pytest.raises(InvalidGeometry):
        merge_all([])
