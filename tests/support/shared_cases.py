"""The boundary files of ../shared/cases, what is said about each of them, and what corrects it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from shapely.geometry import box, mapping

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"

needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared/cases")

Given = Mapping[str, str | bool]
"""Fields of the form to upload a file; as options, with hyphens, and True as a flag."""


@dataclass(frozen=True)
class Case:
    """A file with the fields to read it, and with those that correct or approve it.

    refused is what is said of a file that cannot be read as it is, or that cannot be published as
    it is: then is_readable. Without refused, the file is right. reported is what is said when it is
    stored in the end; then it has so many boundaries. Without any, nothing corrects it.
    """

    file: str
    fields: Given
    refused: tuple[str, ...] = ()
    is_readable: bool = False
    corrected: Given = field(default_factory=dict)
    approved: Given = field(default_factory=dict)
    reported: tuple[str, ...] = ()
    boundaries: int = 0

    @property
    def layer(self) -> str:
        """The code of a layer for this file, unlike those for others."""
        return f"l_{sha256(self.file.encode()).hexdigest()[:12]}"


WARD: Given = {"code_field": "ward"}
SHAPES: Given = {"code_field": "WARD"}
NAMED: Given = {**SHAPES, "name_field": "NAME"}
NAMES = "Names: Peñasquitos, Saint-Léon, Côte \N{EN DASH} Nord."
INCOMPLETE = "is incomplete. The server that it comes from has more features."

BOUNDARY_CASES = (
    Case(
        "map-axes-swapped.geojson",
        {"code_field": "district", "name_field": "name"},
        refused=("Latitude and longitude seem to be swapped.",),
        is_readable=True,
        approved={"despite": "They are right."},
        boundaries=4,
    ),
    Case(
        "map-degrees-with-feet-prj.zip",
        SHAPES,
        refused=("declares NAD83 / Ohio South (ftUS), but its coordinates look like degrees.",),
        corrected={"crs": "EPSG:4326"},
        boundaries=6,
    ),
    Case(
        "map-one-nan.geojson",
        WARD,
        refused=("Feature 1 (1) cannot be used. Its vertex 2 is not at a latitude",),
    ),
    Case(
        "map-latin1-bytes.geojson",
        {**WARD, "name_field": "name"},
        refused=("text that is not utf-8, in feature 1, field name.",),
        corrected={"encoding": "windows-1252"},
        reported=("The text encoding is cp1252", "Names: Peñ."),
        boundaries=1,
    ),
    Case(
        "map-null-codes.geojson",
        WARD,
        refused=tuple(f"Feature {one} cannot be used. Its code is missing." for one in (2, 3)),
        corrected={"leave_out": True},
        reported=("Feature 2 cannot be used. Its code is missing",),
        boundaries=1,
    ),
    Case("shapefile-utf8-without-cpg.zip", NAMED, reported=(NAMES,), boundaries=3),
    Case("shapefile-cp1252-without-cpg.zip", NAMED, reported=(NAMES,), boundaries=3),
    Case("zip-made-by-finder.zip", SHAPES, boundaries=3),
    Case(
        "zip-two-shapefiles.zip",
        SHAPES,
        refused=("contains several boundary files (precincts.shp, wards.shp).",),
        corrected={"file_layer": "wards"},
        boundaries=3,
    ),
    Case("download-exceeded-transfer-limit.geojson", WARD, refused=(INCOMPLETE,)),
    Case("download-first-page-of-oapif.geojson", WARD, refused=(INCOMPLETE,)),
    Case(
        "wards-with-at-large.geojson",
        WARD,
        refused=("Boundaries overlap in 3 places,",),
        is_readable=True,
        corrected={"overlapping": True},
        boundaries=4,
    ),
)


def names_of(cases: tuple[Case, ...]) -> list[str]:
    """The ids of tests."""
    return [one.file for one in cases]


def move_to_lancaster(database: str, run_command: Callable[..., str], folder: Path) -> str:
    """Give a city of a database the place of the cases as its service area."""
    geometry = mapping(box(-82.7, 39.6, -82.5, 39.8))
    path = folder / "lancaster.geojson"
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    moved = ("--despite", "The cases are there.", "--commit")
    run_command(database, "boundaries", "service-area", str(path), *moved)
    return database
