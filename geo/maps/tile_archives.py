"""PMTiles archives (version 3): what they contain, and whether browsers can show it.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
)
from shapely import box
from shapely.geometry.base import BaseGeometry

from geo.errors import InvalidFile

HEADER_BYTES = 127
_LONGEST_ROOT = 16_384 - HEADER_BYTES
_LONGEST_UNPACKED = 1_000_000  # bytes
_GZIP = 31  # window bits of zlib that stand for a gzip header
"""Bytes of the root directory: with the header, it is in the first 16 KiB."""

_SECTIONS = ("root", "metadata", "leaf_directory", "tile_data")
_PICTURES = (TileType.PNG, TileType.JPEG, TileType.WEBP, TileType.AVIF)


@dataclass(frozen=True)
class TileArchive:
    """What an archive contains. bounds are west, south, east, and north in degrees."""

    is_vector: bool
    bounds: tuple[float, float, float, float]
    min_zoom: int
    max_zoom: int

    def share_of(self, area: BaseGeometry) -> float:
        """Return the share of an area that is inside the bounds, from 0 to 1."""
        inside = area.intersection(box(*self.bounds))
        return float(inside.area / area.area)


def read_archive(file: IO[bytes], size: int) -> TileArchive:
    """Return what an archive of so many bytes contains; raises InvalidFile."""
    header = _read_header(file)
    for name in _SECTIONS:
        if _end_of(header, name) > size:
            raise InvalidFile("base_map.cut_off", field="file")
    if header["tile_type"] not in (TileType.MVT, *_PICTURES):
        raise InvalidFile("base_map.tile_type", field="file")
    # pmtiles decompresses with what all browsers have.
    is_packed = header["tile_compression"] not in (Compression.NONE, Compression.GZIP)
    if is_packed or header["internal_compression"] != Compression.GZIP:
        raise InvalidFile("base_map.compression", field="file")
    _check_entries(header, _read_root(file, header))
    degrees = [header[name] / 1e7 for name in _CORNERS]  # type: ignore[literal-required]
    west, south, east, north = degrees
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidFile("base_map.bounds", field="file")
    return TileArchive(
        is_vector=header["tile_type"] == TileType.MVT,
        bounds=(west, south, east, north),
        min_zoom=header["min_zoom"],
        max_zoom=header["max_zoom"],
    )


_CORNERS = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")


def _read_header(file: IO[bytes]) -> HeaderDict:
    file.seek(0)
    octets = file.read(HEADER_BYTES)
    try:
        if len(octets) < HEADER_BYTES:
            raise MagicNumberNotFound
        return deserialize_header(octets)
    except SpecVersionUnsupported:
        raise InvalidFile("base_map.version", field="file") from None
    except (MagicNumberNotFound, ValueError):
        raise InvalidFile("base_map.not_pmtiles", field="file") from None


def _end_of(header: HeaderDict, section: str) -> int:
    begin, length = (header[f"{section}_{part}"] for part in ("offset", "length"))  # type: ignore[literal-required]
    return int(begin + length)


def _read_root(file: IO[bytes], header: HeaderDict) -> Sequence[Entry]:
    if header["root_length"] > _LONGEST_ROOT:
        raise InvalidFile("base_map.damaged", field="file")
    file.seek(header["root_offset"])
    try:
        packed = file.read(header["root_length"])
        unpacking = zlib.decompressobj(_GZIP)
        unpacking.decompress(packed, _LONGEST_UNPACKED)
        if unpacking.unconsumed_tail:
            raise InvalidFile("base_map.damaged", field="file")
        return deserialize_directory(packed)
    except (EOFError, IndexError, OSError, gzip.BadGzipFile, zlib.error):
        raise InvalidFile("base_map.damaged", field="file") from None


def _check_entries(header: HeaderDict, entries: Sequence[Entry]) -> None:
    """Raise InvalidFile if the root directory is empty, or leads outside of the archive."""
    if not entries:
        raise InvalidFile("base_map.empty", field="file")
    for one in entries:
        section = "tile_data" if one.run_length else "leaf_directory"
        if one.offset + one.length > header[f"{section}_length"]:  # type: ignore[literal-required]
            raise InvalidFile("base_map.damaged", field="file")
