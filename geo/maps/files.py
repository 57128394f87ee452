"""Reader of boundary files: GeoJSON, Shapefile, GeoPackage, and KML in any coordinate system."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from geo.coordinates import to_wgs84
from geo.degrees import looks_like_degrees, share_in_degrees
from geo.errors import InvalidBoundaryFile
from geo.maps.antimeridian import crosses, cut
from geo.maps.boundaries import Feature
from geo.maps.encodings import Encoding
from geo.maps.rows import LayerOfFile, Rows, read_rows
from geo.maps.sources import opened
from geo.maps.texts import as_text, check_codes, codes_alike
from geo.notices import Notice
from geo.reach import within_reach


@dataclass(frozen=True)
class BoundaryFile:
    """The features of a boundary file, and what is worth knowing about how they were read."""

    features: list[Feature]
    notices: list[Notice]


def read_features(path: Path, **options: Any) -> list[Feature]:
    """Return the features of a boundary file; the options are those of read_file."""
    return read_file(path, **options).features


def read_file(
    path: Path,
    *,
    code_field: str | None,
    name_field: str | None = None,
    where: str | None = None,
    crs: str | None = None,
    file_layer: str | None = None,
    reach_meters: float | None = None,
    encoding: str | None = None,
) -> BoundaryFile:
    """Read the features of a boundary file, transformed to WGS 84 degrees.

    code_field and name_field name the fields of the code and the name (no code_field: the
    boundaries have no codes, as for a service area). where is an OGR condition such as "WARD <>
    '0'". crs is the coordinate system ("EPSG:2249") of a file that does not declare one. file_layer
    selects one of several layers. With reach_meters, each feature becomes the area within that many
    meters of it. encoding is that of the texts, in place of the declared or detected one. Raises
    InvalidBoundaryFile with a sentence on how to fix the file.
    """
    with opened(path, file_layer) as (unpacked, is_chosen):
        layer = _choose_layer(path, unpacked, None if is_chosen else file_layer)
        source = LayerOfFile(path.name, unpacked, layer)
        rows = read_rows(source, (code_field, name_field), where, encoding)
    geometries, closed = _shapes(rows)
    reproject = _reprojection(path, rows.crs, crs, geometries)
    if code_field is None:
        codes = [path.stem] * len(rows.numbers)
    else:
        codes = check_codes(path.name, rows.numbers, rows.columns[code_field])
    names = rows.columns[name_field] if name_field else [""] * len(codes)
    features, notices = [], [*rows.notices]
    for row, (number, code, name) in enumerate(zip(rows.numbers, codes, names, strict=True)):
        geometry, is_cut = _place(geometries[row], reproject, reach_meters)
        features.append(Feature(number, code, as_text(name), geometry))
        changed = {"feature.ring_closed": closed[row], "feature.cut": is_cut}
        about = {"number": number, "code": code}
        notices += [Notice(key, about) for key, is_so in changed.items() if is_so]
    texts = [*_about_texts(rows.encoding, features), *codes_alike(codes)]
    return BoundaryFile(features, [*texts, *notices])


def _shapes(rows: Rows) -> tuple[list[BaseGeometry | None], list[bool]]:
    """Return the geometries, and which of them got rings that the file does not close."""
    with np.errstate(invalid="ignore"):
        strict = shapely.from_wkb(rows.shapes, on_invalid="ignore")
        fixed = shapely.from_wkb(rows.shapes, on_invalid="fix")
    closed = [one is None and other is not None for one, other in zip(strict, fixed, strict=True)]
    return list(fixed), closed


_SAMPLES = 3


def _about_texts(encoding: Encoding | None, features: Sequence[Feature]) -> Iterator[Notice]:
    """Yield how texts were decoded, with sample names: those beyond ASCII, if there are any."""
    if encoding is None or not encoding.origin:
        return
    if encoding.contradicted:
        yield Notice(
            "file.wrong_cpg", {"declared": encoding.contradicted, "encoding": encoding.name}
        )
    names = dict.fromkeys(filter(None, (one.name or one.code for one in features)))
    samples = sorted(names, key=str.isascii)[:_SAMPLES]
    yield Notice(
        "file.encoding",
        {
            "encoding": encoding.name,
            "origin": Notice(f"encoding.{encoding.origin}"),
            "names": samples,
        },
    )


def _place(
    geometry: BaseGeometry | None,
    reproject: Callable[[BaseGeometry], BaseGeometry],
    reach_meters: float | None,
) -> tuple[BaseGeometry | None, bool]:
    """Return a geometry in degrees, and whether it was cut at the 180th meridian."""
    if geometry is None or geometry.is_empty:
        return geometry, False
    placed = reproject(shapely.force_2d(geometry))
    is_cut = looks_like_degrees(placed, east=360) and crosses(placed)
    if is_cut:
        placed = cut(placed)
    if reach_meters is None or not looks_like_degrees(placed):
        return placed, is_cut
    return within_reach(placed, reach_meters), is_cut


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
    in_degrees = _are_mostly_degrees(there)
    if own is not None and (own.is_geographic == in_degrees or not there):
        return own
    if own is not None and not own.is_geographic and not _is_in_meters_or_feet(own):
        return own
    if named:
        return _crs(named)
    if own is None and in_degrees:
        return CRS.from_epsg(4326)
    if not in_degrees and _are_mostly_degrees([shapely.transform(one, np.fliplr) for one in there]):
        raise InvalidBoundaryFile("file.axes_swapped", field="file", file=path.name)
    if own is None:
        raise InvalidBoundaryFile("file.no_crs", field="crs", file=path.name)
    key = "file.wrong_crs" if own.is_geographic else "file.degrees"
    raise InvalidBoundaryFile(key, field="crs", file=path.name, declared=own.name)


def _are_mostly_degrees(there: Sequence[BaseGeometry]) -> bool:
    """Return whether most vertices are in degrees; a few may be damaged."""
    return share_in_degrees(there) > 0.5


def _is_in_meters_or_feet(system: CRS) -> bool:
    """Return whether a city in a projected system has larger coordinates than degrees."""
    return system.is_projected and system.axis_info[0].unit_conversion_factor <= 1


def _crs(text: str) -> CRS:
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise InvalidBoundaryFile("file.unknown_crs", field="crs", crs=text) from None
