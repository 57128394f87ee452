"""Texts of boundary files: their encoding, invisible characters, and missing codes."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import box

from geo.errors import InvalidBoundaryFile
from geo.maps.boundaries import clean_boundaries
from geo.maps.files import read_features, read_file

NAMES = ["Peñasquitos", "Saint-Léon", "Côte \N{EN DASH} Nord"]


def shapefile(
    path: Path,
    names: list[str],
    encoding: str,
    *,
    cpg: str | None = None,
    driver: int = 0,
    codes: list[str] | None = None,
) -> Path:
    """Write a zipped Shapefile with texts in an encoding, and what declares one."""
    folder = path.with_suffix("")
    folder.mkdir()
    shapes = shapely.to_wkb(np.array([box(n, 0, n + 1, 1) for n in range(len(names))]))
    texts = [
        [text.encode(encoding).decode("latin-1") for text in some]
        for some in (codes or [str(number) for number in range(len(names))], names)
    ]
    pyogrio.raw.write(
        folder / "w.shp",
        shapes,
        [np.array(some, dtype=object) for some in texts],
        ["WARD", "NAME"],
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs="EPSG:4326",
        encoding="ISO-8859-1",
    )
    table = bytearray((folder / "w.dbf").read_bytes())
    table[29] = driver
    (folder / "w.dbf").write_bytes(table)
    (folder / "w.cpg").unlink(missing_ok=True)
    if cpg is not None:
        (folder / "w.CPG").write_text(cpg)
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, part.name)
    return path


def damage(path: Path, old: bytes, new: bytes) -> None:
    """Replace a text in a zipped Shapefile by another one of the same size."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts["w.dbf"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(old, new))


def geojson(path: Path, *codes: object, text: bytes | None = None) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"ward": code},
            "geometry": box(number, 0, number + 1, 1).__geo_interface__,
        }
        for number, code in enumerate(codes)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    path.write_bytes(content if text is None else content.replace(b"HERE", text))
    return path


def told(path: Path, **options: str) -> tuple[list[str], str, str, list[str]]:
    """Return names, the encoding, how it is known, and the keys of the notices."""
    read = read_file(path, code_field="WARD", name_field="NAME", **options)
    [said] = [one for one in read.notices if one.key == "file.encoding"]
    keys = [one.key for one in read.notices]
    origin = said.values["origin"].key.removeprefix("encoding.")
    return [one.name for one in read.features], str(said.values["encoding"]), origin, keys


UNCLEAR = ["file.unclear_encoding"]


def told_or_refused(path: Path) -> list[str]:
    try:
        return told(path)[0]
    except InvalidBoundaryFile as error:
        return [error.key]


@pytest.mark.parametrize(
    ("cpg", "driver", "written", "encoding", "origin"),
    [
        (None, 0, "utf-8", "utf-8", "detected"),
        (None, 0, "cp1252", "cp1252", "detected"),
        (None, 0x57, "cp1252", "cp1252", "detected"),
        (None, 0x03, "cp1252", "cp1252", "dbf"),
        (None, 0x57, "utf-8", "utf-8", "detected"),
        ("UTF-8", 0x57, "utf-8", "utf-8", "cpg"),
        ("65001", 0, "utf-8", "utf-8", "cpg"),
        ("1252", 0, "cp1252", "cp1252", "cpg"),
        ("ANSI 1252", 0, "cp1252", "cp1252", "cpg"),
        ("OEM 1252\n", 0, "cp1252", "cp1252", "cpg"),
        ("no encoding", 0, "cp1252", "cp1252", "detected"),
    ],
)
def test_names_are_right_whatever_declares_their_encoding(
    tmp_path: Path, cpg: str | None, driver: int, written: str, encoding: str, origin: str
) -> None:
    path = shapefile(tmp_path / "w.zip", NAMES, written, cpg=cpg, driver=driver)
    assert told(path) == (NAMES, encoding, origin, ["file.encoding"])


@pytest.mark.parametrize(
    ("cpg", "written", "encoding"),
    [("UTF-8", "cp1252", "cp1252"), ("88591", "cp1252", "cp1252"), ("1252", "utf-8", "utf-8")],
)
def test_a_cpg_file_that_the_bytes_contradict_is_told(
    tmp_path: Path, cpg: str, written: str, encoding: str
) -> None:
    path = shapefile(tmp_path / "w.zip", NAMES, written, cpg=cpg)
    assert told(path) == (NAMES, encoding, "detected", ["file.wrong_cpg", "file.encoding"])


@pytest.mark.parametrize("cpg", ["UTF-8", None])
def test_a_cut_text_does_not_spoil_the_others(tmp_path: Path, cpg: str | None) -> None:
    """dBASE programs cut texts at the width of the field, also within a letter."""
    names = ["Peñasquitos", "San José", "La Cañada"]
    path = shapefile(tmp_path / "w.zip", names, "utf-8", cpg=cpg)
    damage(path, b"La Ca\xc3\xb1ada", b"La Cana\xc3   ")
    read, encoding, _origin, keys = told(path)
    assert (read, encoding) == (["Peñasquitos", "San José", "La Cana"], "utf-8")
    assert keys == ["file.encoding", "feature.text_cut"]


@pytest.mark.parametrize("cpg", ["UTF-8", None])
def test_a_damaged_text_is_told_by_its_feature(tmp_path: Path, cpg: str | None) -> None:
    names = ["Peñasquitos", "San José", "La Cañada"]
    path = shapefile(tmp_path / "w.zip", names, "utf-8", cpg=cpg)
    damage(path, b"La Ca\xc3\xb1ada", b"La Ca\xb1\xc3ada")
    with pytest.raises(InvalidBoundaryFile, match=r"file\.bad_text.*'number': 3, 'column': 'NAME'"):
        told(path)


@pytest.mark.parametrize(
    ("driver", "encoding", "names"),
    [
        (0xC8, "cp1250", ["Žižkov", "Řepy"]),
        (0x02, "cp850", ["Zürich", "Größe"]),
        (0x13, "cp932", ["中央区", "東区"]),
        (0, "cp1251", ["Центр", "Северный район", "Южный район"]),
        (0x57, "cp1251", ["Центр", "Северный район", "Южный район"]),
        (0, "cp1250", ["Żoliborz", "Wrocław", "Śródmieście", "Białołęka"]),
    ],
)
def test_names_of_other_languages_are_right(
    tmp_path: Path, driver: int, encoding: str, names: list[str]
) -> None:
    path = shapefile(tmp_path / "w.zip", names, encoding, driver=driver)
    assert told(path)[:2] == (names, encoding)


@pytest.mark.parametrize(
    "names",
    [
        ["Peñasquitos", "Cañón", "San José"],
        ["Conceição", "São João", "Consolação", "Assunção"],
        ["Vallée créée"],
        ["Þórshöfn", "Árbær", "Breiðholt"],
        ["Äänekoski", "Hyvinkää"],
        ["Zürich", "Größe"],
        ["L\N{RIGHT SINGLE QUOTATION MARK}Île", "Côte \N{EN DASH} Nord", "“Ñuñoa” · 2½"],
        ["Ward 1", "Ñ"],
    ],
)
def test_western_names_are_never_read_wrongly(tmp_path: Path, names: list[str]) -> None:
    """Written by Windows, DOS, or an old Mac: read rightly, or refused if that is unclear."""
    for encoding in ("cp1252", "cp850", "cp437", "mac_roman"):
        if all(name.encode(encoding, "replace").decode(encoding) == name for name in names):
            read = told_or_refused(shapefile(tmp_path / f"{encoding}.zip", names, encoding))
            assert read == names or (read, encoding != "cp1252") == (UNCLEAR, True)


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp850", ["Peñasquitos", "Zürich"]),
        ("cp437", ["Peñasquitos", "Zürich"]),
        ("mac_roman", ["Peñasquitos", "Montréal", "San José"]),
    ],
)
def test_names_of_old_computers_are_right(tmp_path: Path, encoding: str, names: list[str]) -> None:
    assert told(shapefile(tmp_path / "w.zip", names, encoding))[0] == names


@pytest.mark.parametrize(
    ("encoding", "name"), [("mac_roman", "Peñasquitos"), ("cp1251", "Юг"), ("cp1251", "Центр")]
)
def test_what_is_too_short_needs_its_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    path = shapefile(tmp_path / "w.zip", [name], encoding)
    with pytest.raises(InvalidBoundaryFile, match=r"file\.unclear_encoding"):
        told(path)
    assert told(path, encoding=encoding)[0] == [name]


def test_a_named_encoding_counts(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "w.zip", ["Žižkov", "Řepy"], "cp1250")
    assert told(path)[0] != ["Žižkov", "Řepy"]
    assert told(path, encoding="windows-1250")[:3] == (["Žižkov", "Řepy"], "cp1250", "given")
    for nonsense in (
        "klingon",
        "",
        "base64",
        "rot13",
        "idna",
        "punycode",
        "utf-7",
        "unicode_escape",
    ):
        with pytest.raises(InvalidBoundaryFile, match=r"file\.unknown_encoding"):
            told(path, encoding=nonsense)
    with pytest.raises(InvalidBoundaryFile, match=r"file\.bad_text.*'number': 1, 'column': 'NAME'"):
        told(path, encoding="utf-8")


def test_codes_beyond_ascii_stay_distinct(tmp_path: Path) -> None:
    codes = ["Ñ", "Ó", "Ü"]
    path = shapefile(tmp_path / "w.zip", codes, "cp1252", codes=codes)
    features = read_features(path, code_field="WARD", where="NAME <> 'Ó'")
    assert [(one.number, one.code) for one in features] == [(1, "Ñ"), (3, "Ü")]


def test_bytes_that_are_not_utf_8_are_named_and_can_be_read(tmp_path: Path) -> None:
    path = geojson(tmp_path / "w.geojson", "1", "HERE", text=b"Pe\xf1a")
    with pytest.raises(InvalidBoundaryFile, match=r"file\.bad_text.*'number': 2, 'column': 'ward'"):
        read_features(path, code_field="ward")
    assert [one.code for one in read_features(path, code_field="ward", encoding="latin-1")] == [
        "1",
        "Peña",
    ]


def test_a_format_that_declares_its_encoding_needs_none(tmp_path: Path) -> None:
    path = tmp_path / "w.gpkg"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([box(0, 0, 1, 1)])),
        [np.array(["Peña"], dtype=object)],
        ["ward"],
        driver="GPKG",
        geometry_type="Polygon",
        crs="EPSG:4326",
    )
    assert [one.code for one in read_features(path, code_field="ward")] == ["Peña"]
    with pytest.raises(InvalidBoundaryFile, match=r"file\.encoding_fixed"):
        read_features(path, code_field="ward", encoding="latin-1")


def test_a_field_name_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "w.zip", ["Peñasquitos", "San José"], "utf-8", cpg="UTF-8")
    damage(path, b"WARD\0", b"WA\xd1O\0")
    with pytest.raises(InvalidBoundaryFile, match=r"file\.bad_field_name.*'column': 'WAÑO'"):
        told(path)


@pytest.mark.parametrize("code", [[1, 2], ["a", "b"], [1.5]])
def test_a_code_that_is_a_list_is_refused(tmp_path: Path, code: object) -> None:
    with pytest.raises(InvalidBoundaryFile, match=r"file\.list_field.*'column': 'ward'"):
        read_features(geojson(tmp_path / "w.geojson", code, code), code_field="ward")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("District\u00a07", "District 7"),
        ("a\u2003b\tc", "a b c"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),  # Persian, with a joiner
        ("\ufeff7\u200b", "7"),
        *[(missing, "") for missing in ("NULL", "<Null>", "None", "null", " ", "\u00a0", None)],
        ("Nullarbor", "Nullarbor"),
    ],
)
def test_codes_are_without_what_nobody_sees(tmp_path: Path, written: str | None, code: str) -> None:
    path = geojson(tmp_path / "w.geojson", "1", written)
    features = read_features(path, code_field="ward")
    assert [one.code for one in features] == ["1", code]
    refused = clean_boundaries(features)[1].refused
    assert [one.key for one in refused] == ([] if code else ["feature.no_code"])


@pytest.mark.parametrize("other", ["7 ", "7\u200b", "\u00a07"])
def test_two_codes_that_become_equal_are_refused(tmp_path: Path, other: str) -> None:
    path = geojson(tmp_path / "w.geojson", "1", "7", other)
    with pytest.raises(InvalidBoundaryFile, match=r"file\.codes_become_equal.*'numbers': \[2, 3\]"):
        read_features(path, code_field="ward")
    assert len(read_features(geojson(path, "7", "7"), code_field="ward")) == 2


def test_a_code_that_looks_like_the_same_number_is_told(tmp_path: Path) -> None:
    read = read_file(geojson(tmp_path / "w.geojson", "1", "1.0", "2.5", "3.0"), code_field="ward")
    assert [(one.key, one.values) for one in read.notices] == [
        ("codes.alike", {"one": "1", "other": "1.0"})
    ]
    assert [one.code for one in read.features] == ["1", "1.0", "2.5", "3.0"]


@pytest.mark.parametrize("number", ["NaN", "3972"])
def test_one_bad_vertex_is_told_by_its_feature(tmp_path: Path, number: str) -> None:
    path = geojson(tmp_path / "w.geojson", "1", "2", "3")
    path.write_text(path.read_text().replace("[2.0, 1.0]", f"[{number}, 1.0]", 1))
    features = read_features(path, code_field="ward")
    boundaries, report = clean_boundaries(features)
    assert [one.code for one in boundaries] == ["1", "3"]
    [refused] = report.refused
    assert (refused.values["number"], refused.values["code"]) == (2, "2")
    assert refused.values["problem"].key == "geometry.bad_vertex"


def test_a_ring_that_is_not_closed_is_told(tmp_path: Path) -> None:
    path = geojson(tmp_path / "w.geojson", "1", "2")
    first = json.loads(path.read_text())["features"][0]["geometry"]["coordinates"][0]
    text = path.read_text().replace(json.dumps(first), json.dumps(first[:-1]))
    path.write_text(text)
    read = read_file(path, code_field="ward")
    assert [(one.key, one.values["number"]) for one in read.notices] == [("feature.ring_closed", 1)]
    assert len(clean_boundaries(read.features)[0]) == 2


def test_degrees_that_are_declared_as_feet_are_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "w.geojson", "1", "2")
    declared = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3735"}}, '
    path.write_text(path.read_text().replace('"features"', declared + '"features"'))
    with pytest.raises(InvalidBoundaryFile, match=r"file\.degrees"):
        read_features(path, code_field="ward")
    assert len(read_features(path, code_field="ward", crs="EPSG:4326")) == 2


def test_axes_that_leave_the_earth_when_swapped_are_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "w.geojson", "1", "2")
    path.write_text(path.read_text().replace(" 0.0]", " -122.0]").replace(" 1.0]", " -121.0]"))
    with pytest.raises(InvalidBoundaryFile, match=r"file\.axes_swapped"):
        read_features(path, code_field="ward")
