"""Reading boundary files: GeoJSON and zipped Shapefile in any coordinate system they declare."""

from collections.abc import Sequence
from pathlib import Path

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError
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
    fields = _fields(path)
    for field in filter(None, (code_field, name_field)):
        if field not in fields:
            known = ", ".join(fields) or "no fields at all"
            raise InvalidBoundaryFile(f"{path.name} has no field {field}; it has {known}.")
    try:
        meta, _ids, shapes, columns = pyogrio.raw.read(path, where=where)
    except (DataSourceError, DataLayerError, FieldError, ValueError) as error:
        raise InvalidBoundaryFile(f"{path.name} cannot be read: {error}.") from None
    rows = dict(zip(meta["fields"], columns, strict=True))
    geometries = shapely.from_wkb(shapes)
    reproject = to_wgs84(_coordinate_system(path, meta["crs"] or crs, geometries))
    return [
        Feature(
            number=number,
            code=_as_text(rows[code_field][number - 1]) if code_field else path.stem,
            name=_as_text(rows[name_field][number - 1]) if name_field else "",
            geometry=None if geometry is None else reproject(geometry),
        )
        for number, geometry in enumerate(geometries, start=1)
    ]


def _fields(path: Path) -> list[str]:
    if not path.is_file():
        raise InvalidBoundaryFile(f"There is no file {path}.")
    try:
        return [str(field) for field in pyogrio.read_info(path)["fields"]]
    except (DataSourceError, DataLayerError) as error:
        reason = str(error).partition(";")[0].replace(str(path), path.name)
        raise InvalidBoundaryFile(
            f"{path.name} holds no boundaries that can be read ({reason}). "
            "Give a GeoJSON file or a zipped Shapefile."
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
    """Give a field's value as a code: 3.0 is ward 3, a missing value is empty."""
    if value is None or value != value:  # NaN, which a missing number is read as
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def merge_all(boundaries: list[CleanBoundary]) -> MultiPolygon:
    """Give one MultiPolygon of all boundaries, as for a service area."""
    union = shapely.union_all([boundary.geometry for boundary in boundaries])
    merged, _repair = to_multipolygon(union)
    return merged
