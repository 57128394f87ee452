"""Reader of boundary files: GeoJSON, Shapefile, GeoPackage, and KML in any coordinate system."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from geo.coordinates import looks_like_degrees, to_wgs84
from geo.errors import InvalidBoundaryFile
from geo.maps.boundaries import Feature
from geo.maps.sources import opened
from geo.reach import within_reach


def read_features(
    path: Path,
    *,
    code_field: str | None,
    name_field: str | None = None,
    where: str | None = None,
    crs: str | None = None,
    file_layer: str | None = None,
    reach_meters: float | None = None,
) -> list[Feature]:
    """Read the features of a boundary file, transformed to WGS 84 degrees.

    code_field and name_field name the fields of the code and the name (no code_field: the
    boundaries have no codes, as for a service area). where is an OGR condition such as "WARD <>
    '0'". crs is the coordinate system ("EPSG:2249") of a file that does not declare one. file_layer
    selects one of several layers. With reach_meters, each feature becomes the area within that many
    meters of it. Raises InvalidBoundaryFile with a sentence on how to fix the file.
    """
    with opened(path) as source:
        layer = _choose_layer(path, source, file_layer)
        _check_fields(path, pyogrio.read_info(source, layer)["fields"], (code_field, name_field))
        meta, ids, shapes, columns = _read(path, source, layer, where)
        numbers = _numbers(source, layer)
    rows = dict(zip(meta["fields"], columns, strict=True))
    geometries = shapely.from_wkb(shapes, on_invalid="fix")
    reproject = _reprojection(path, meta["crs"], crs, geometries)
    return [
        Feature(
            number=numbers[ids[row]],
            code=_as_text(rows[code_field][row]) if code_field else path.stem,
            name=_as_text(rows[name_field][row]) if name_field else "",
            geometry=_place(geometry, reproject, reach_meters),
        )
        for row, geometry in enumerate(geometries)
    ]


def _place(
    geometry: BaseGeometry | None,
    reproject: Callable[[BaseGeometry], BaseGeometry],
    reach_meters: float | None,
) -> BaseGeometry | None:
    if geometry is None or geometry.is_empty:
        return geometry
    placed = reproject(shapely.force_2d(geometry))
    if reach_meters is None or not looks_like_degrees(placed):
        return placed
    return within_reach(placed, reach_meters)


def _choose_layer(path: Path, source: Path, wanted: str | None) -> str:
    """Return the requested layer, or the only one that has geometries."""
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(source) if kind]
    except (DataSourceError, DataLayerError):
        layers = []
    if wanted is not None and wanted in layers:
        return wanted
    if wanted is not None and layers:
        raise InvalidBoundaryFile(
            "file.unknown_layer", field="file_layer", file=path.name, wanted=wanted, layers=layers
        )
    if not layers:
        raise InvalidBoundaryFile("file.no_boundaries", field="file", file=path.name)
    if len(layers) > 1:
        raise InvalidBoundaryFile(
            "file.several_layers", field="file_layer", file=path.name, layers=layers
        )
    return layers[0]


def _check_fields(path: Path, fields: Iterable[str], wanted: Iterable[str | None]) -> None:
    known = [str(field) for field in fields]
    for field in wanted:
        if field is not None and field not in known:
            values = {"file": path.name, "wanted": field}
            if not known:
                raise InvalidBoundaryFile("file.no_fields", **values)
            raise InvalidBoundaryFile("file.unknown_field", fields=known, **values)


def _read(path: Path, source: Path, layer: str, where: str | None) -> tuple[Any, ...]:
    try:
        return tuple(pyogrio.raw.read(source, layer=layer, where=where, return_fids=True))
    except (DataSourceError, DataLayerError, FieldError, ValueError) as error:
        if where is not None and isinstance(error, ValueError):
            raise InvalidBoundaryFile(
                "file.invalid_where", field="where", file=path.name, where=where
            ) from None
        reason = str(error).replace(str(source), path.name)
        raise InvalidBoundaryFile(
            "file.unreadable", field="file", file=path.name, error=reason
        ) from None


def _numbers(source: Path, layer: str) -> dict[int, int]:
    """Number all features of the file from 1, by their GDAL ids."""
    ids = pyogrio.raw.read(source, layer=layer, columns=[], read_geometry=False, return_fids=True)
    return {fid: number for number, fid in enumerate(ids[1], start=1)}


def _reprojection(
    path: Path,
    declared: str | None,
    named: str | None,
    geometries: Sequence[BaseGeometry | None],
) -> Callable[[BaseGeometry], BaseGeometry]:
    try:
        return to_wgs84(_coordinate_system(path, declared, named, geometries))
    except ProjError as error:
        raise InvalidBoundaryFile(
            "file.not_convertible", field="file", file=path.name, error=str(error)
        ) from None


def _coordinate_system(
    path: Path,
    declared: str | None,
    named: str | None,
    geometries: Sequence[BaseGeometry | None],
) -> CRS:
    """Choose the declared system, or the named one if none is declared or it is implausible."""
    own = None if declared is None else _crs(declared)
    there = [one for one in geometries if one is not None and not one.is_empty]
    in_degrees = not there or looks_like_degrees(shapely.GeometryCollection(there))
    if own is not None and (in_degrees or not own.is_geographic):
        return own
    if named:
        return _crs(named)
    if in_degrees:
        return CRS.from_epsg(4326)
    if own is None:
        raise InvalidBoundaryFile("file.no_crs", field="crs", file=path.name)
    raise InvalidBoundaryFile("file.wrong_crs", field="crs", file=path.name, declared=own.name)


def _crs(text: str) -> CRS:
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise InvalidBoundaryFile("file.unknown_crs", field="crs", crs=text) from None


def _as_text(value: object) -> str:
    """Return a field's value as a code: 3.0 becomes 3, a missing value "".

    Drops control characters, which XML cannot contain.
    """
    if value is None or value != value:  # a missing number is read as NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "".join(letter for letter in str(value) if letter.isprintable()).strip()
