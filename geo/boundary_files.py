"""Reading boundary files: GeoJSON and zipped Shapefile in any coordinate system they declare."""

import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.boundaries import CleanBoundary, Feature, to_multipolygon
from geo.coordinates import looks_like_degrees, to_wgs84
from geo.errors import InvalidBoundaryFile


def read_features(
    path: Path,
    *,
    code_field: str | None,
    name_field: str | None = None,
    where: str | None = None,
    crs: str | None = None,
) -> list[Feature]:
    """Read the features of a file, turned into WGS 84 degrees.

    code_field and name_field name the fields to take code and name from (code None: there is
    none, as for a service area); where is an OGR condition such as "WARD <> '0'"; crs names the
    coordinate system ("EPSG:2249") of a file that does not declare one.
    Raises InvalidBoundaryFile with what to do about it.
    """
    source, layer = _only_layer(path)
    _check_fields(path, pyogrio.read_info(source, layer)["fields"], (code_field, name_field))
    meta, ids, shapes, columns = _read(path, source, layer, where)
    rows = dict(zip(meta["fields"], columns, strict=True))
    geometries = shapely.from_wkb(shapes, on_invalid="fix")
    reproject = _reprojection(path, meta["crs"] or crs, geometries)
    numbers = _numbers(source, layer)
    return [
        Feature(
            number=numbers[ids[row]],
            code=_as_text(rows[code_field][row]) if code_field else path.stem,
            name=_as_text(rows[name_field][row]) if name_field else "",
            geometry=None if geometry is None else reproject(geometry),
        )
        for row, geometry in enumerate(geometries)
    ]


def _only_layer(path: Path) -> tuple[str, str]:
    """Give the file as GDAL is to open it, and its one layer that has geometries."""
    if not path.is_file():
        raise InvalidBoundaryFile(f"There is no file {path}.")
    source = _inside_archive(path)
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(source) if kind]
    except (DataSourceError, DataLayerError):
        layers = []
    if not layers:
        raise InvalidBoundaryFile(
            f"{path.name} holds no boundaries that can be read: "
            "give a GeoJSON file or a zipped Shapefile with all its parts."
        )
    if len(layers) > 1:
        raise InvalidBoundaryFile(
            f"{path.name} holds several sets of boundaries ({', '.join(layers)}): "
            "give each as a file of its own."
        )
    return source, layers[0]


def _inside_archive(path: Path) -> str:
    """Give the path of a Shapefile that lies in a folder of its archive, else that of the file."""
    if not zipfile.is_zipfile(path):
        return str(path)
    with zipfile.ZipFile(path) as archive:
        inner = [name for name in archive.namelist() if name.lower().endswith(".shp")]
    return f"/vsizip/{path.resolve()}/{inner[0]}" if len(inner) == 1 else str(path)


def _check_fields(path: Path, fields: Iterable[str], wanted: Iterable[str | None]) -> None:
    known = [str(field) for field in fields]
    for field in wanted:
        if field is not None and field not in known:
            raise InvalidBoundaryFile(
                f"{path.name} has no field {field}; "
                f"it has {', '.join(known) or 'no fields at all'}."
            )


def _read(path: Path, source: str, layer: str, where: str | None) -> tuple[Any, ...]:
    try:
        return tuple(pyogrio.raw.read(source, layer=layer, where=where, return_fids=True))
    except (DataSourceError, DataLayerError, FieldError, ValueError) as error:
        reason = str(error).replace(source, path.name)
        raise InvalidBoundaryFile(f"{path.name} cannot be read: {reason}.") from None


def _numbers(source: str, layer: str) -> dict[int, int]:
    """Number all features of the file from 1, by the ids that GDAL gives them."""
    ids = pyogrio.raw.read(source, layer=layer, columns=[], read_geometry=False, return_fids=True)
    return {fid: number for number, fid in enumerate(ids[1], start=1)}


def _reprojection(
    path: Path, declared: str | None, geometries: Sequence[BaseGeometry | None]
) -> Callable[[BaseGeometry], BaseGeometry]:
    try:
        return to_wgs84(_coordinate_system(path, declared, geometries))
    except ProjError as error:
        raise InvalidBoundaryFile(
            f"{path.name} is in a coordinate system that cannot be turned into WGS 84 ({error})."
        ) from None


def _coordinate_system(
    path: Path, declared: str | None, geometries: Sequence[BaseGeometry | None]
) -> CRS:
    if declared:
        try:
            return CRS.from_user_input(declared)
        except CRSError:
            raise InvalidBoundaryFile(
                f"{declared!r} is no coordinate system; name one like EPSG:2249."
            ) from None
    if not looks_like_degrees(shapely.GeometryCollection(list(geometries))):
        raise InvalidBoundaryFile(
            f"{path.name} does not say which coordinate system it is in, and its coordinates are "
            "no degrees. Name the system, as in --crs EPSG:2249."
        )
    return CRS.from_epsg(4326)


def _as_text(value: object) -> str:
    """Give a field's value as a code: 3.0 is ward 3, a missing value is empty.

    Control characters, which XML could not carry, are dropped.
    """
    if value is None or value != value:  # NaN, which a missing number is read as
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "".join(letter for letter in str(value) if letter.isprintable()).strip()


def merge_all(boundaries: list[CleanBoundary]) -> MultiPolygon:
    """Give one MultiPolygon of all boundaries, as for a service area."""
    union = shapely.union_all([boundary.geometry for boundary in boundaries])
    merged, _repair = to_multipolygon(union)
    return merged
