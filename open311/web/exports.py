"""Feature files: CSV, GeoJSON, GeoJSON text sequences, and GeoPackage."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from threading import BoundedSemaphore
from typing import IO, Any

import numpy as np
import orjson
import pyogrio
import shapely
from flask import Response, request
from shapely.geometry import mapping
from werkzeug.wsgi import wrap_file

from geo.coordinates import as_point
from open311.csv_cells import harmless
from open311.database import LONGEST_WAIT, end_reads
from open311.errors import Busy
from open311.messages.access import SERVER_BUSY
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps, list_sets_of
from open311.queries.ogc.exports import read_batches
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import FeatureSource
from schemas.vocabulary.file_formats import FILE_FORMAT_OF, FileFormat

Batches = Iterable[Sequence[Any]]

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS

_CHUNK = 65_536

_IN_MEMORY = 1_000_000  # bytes of a file that is not on disk

writing = BoundedSemaphore(2)
"""Places for files that a worker writes at the same time."""


@dataclass(frozen=True)
class Contents:
    """The content of a file: its name, properties with their kinds, rows, and notes.

    Rows are id, WKB in degrees (WGS 84, or None), and the properties.
    """

    name: str
    kinds: Mapping[str, str]
    batches: Batches
    notes: Mapping[str, str]


def as_csv(contents: Contents) -> Iterator[bytes]:
    """Yield CSV (RFC 4180) with lat and long, or with WKT for other shapes than points.

    Texts that a spreadsheet would read as formulas are made harmless.
    """
    names = list(contents.kinds)
    yield csv_line(["id", "lat", "long", "wkt", *names])
    for batch in contents.batches:
        yield b"".join(csv_line([row[0], *_place(row[1]), *row[2:]]) for row in batch)


def csv_line(cells: Sequence[Any]) -> bytes:
    """Return a line of CSV; texts that a spreadsheet would read as formulas are made harmless."""
    text = io.StringIO()
    csv.writer(text).writerow([harmless(_plain(cell)) for cell in cells])
    return text.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _place(shape: bytes | None) -> tuple[Any, Any, Any]:
    """Return latitude, longitude, and WKT; the WKT is empty for a point."""
    if shape is None:
        return "", "", ""
    geometry = shapely.from_wkb(shape)
    point = as_point(geometry)
    if point is not None:
        return point.lat, point.long, ""
    return "", "", shapely.to_wkt(geometry, rounding_precision=7)


def as_geojson(contents: Contents) -> Iterator[bytes]:
    """Yield one FeatureCollection (RFC 7946), with the notes as foreign members."""
    about = {"type": "FeatureCollection", "name": contents.name, **contents.notes}
    yield orjson.dumps(about, option=_OPTIONS)[:-1] + b',"features":['
    separator = b""
    for batch in contents.batches:
        for feature in _features(contents, batch):
            yield separator + feature
            separator = b",\n"
    yield b"]}"


def as_sequence(contents: Contents) -> Iterator[bytes]:
    """Yield one feature per line, each after a record separator (RFC 8142)."""
    for batch in contents.batches:
        yield b"".join(b"\x1e" + one + b"\n" for one in _features(contents, batch))


def _features(contents: Contents, batch: Sequence[Any]) -> Iterator[bytes]:
    names = list(contents.kinds)
    for row in batch:
        shape = None if row[1] is None else mapping(shapely.from_wkb(row[1]))
        feature = {
            "type": "Feature",
            "id": row[0],
            "geometry": shape,
            "properties": dict(zip(names, row[2:], strict=True)),
        }
        yield orjson.dumps(feature, option=_OPTIONS)


def as_geopackage(contents: Contents) -> Iterator[bytes]:
    """Yield a GeoPackage (OGC 12-128r19) with one layer and the notes as metadata.

    It is written to a temporary file, which is deleted after the last byte.
    """
    with TemporaryDirectory(prefix="open311-export-") as folder:
        path = Path(folder) / "export.gpkg"
        first = True
        for batch in chain(contents.batches, [()]):  # [()] creates a file without rows
            if batch or first:
                kinds = {"id": "text", **contents.kinds}
                shapes, rows = [row[1] for row in batch], [[row[0], *row[2:]] for row in batch]
                notes = contents.notes if first else None
                append_layer(path, contents.name, kinds, shapes, rows, notes)
                first = False
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def append_layer(
    path: Path,
    name: str,
    kinds: Mapping[str, str],
    shapes: Sequence[bytes | None],
    rows: Sequence[Sequence[Any]],
    notes: Mapping[str, str] | None,
    geometry_type: str = "Unknown",
) -> None:
    """Append rows to a layer of a GeoPackage; with notes, begin the file.

    kinds are those of the columns by name. shapes are WKB in degrees (WGS 84).
    """
    columns = [
        _column(kind, [row[place] for row in rows]) for place, kind in enumerate(kinds.values())
    ]
    pyogrio.raw.write(
        path,
        geometry=np.array(shapes, dtype=object),
        field_data=[values for values, _missing in columns],
        field_mask=[missing for _values, missing in columns],
        fields=list(kinds),
        layer=name,
        driver="GPKG",
        geometry_type=geometry_type,
        crs="EPSG:4326",
        append=notes is None,
        layer_metadata=None if notes is None else dict(notes),
    )


_EMPTY: dict[str, Any] = {"number": 0.0, "boolean": False}

_TYPES: dict[str, Any] = {
    "number": np.float64,
    "boolean": np.bool_,
    "moment": "datetime64[ms]",
    "day": "datetime64[D]",
}


def _column(kind: str, values: list[Any]) -> tuple[Any, Any]:
    """Return a column as GDAL expects it, and the mask of its missing values."""
    missing = np.array([value is None for value in values], dtype=np.bool_)
    if kind in ("moment", "day"):
        moments = [None if value is None else _naive(value) for value in values]
        return np.array(moments, dtype=_TYPES[kind]), missing
    if kind in _TYPES:
        filled = [_EMPTY[kind] if value is None else value for value in values]
        return np.array(filled, dtype=_TYPES[kind]), missing
    return np.array(values, dtype=object), None


def _naive(value: datetime | date) -> Any:
    """Return a time in UTC without its zone, as NumPy expects it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


WRITERS: Mapping[str, Callable[[Contents], Iterator[bytes]]] = {
    "csv": as_csv,
    "geojson": as_geojson,
    "geojsonseq": as_sequence,
    "gpkg": as_geopackage,
}
"""Writers of files by the codes of FILE_FORMATS."""


def file_of(
    collection: str, source: FeatureSource, wanted: Wanted, format_name: str, notes: dict[str, str]
) -> Response:
    """Return a response with a file of the selected features, in one of FILE_FORMATS.

    The file is complete before the first byte is sent, so that a slow reader takes a temporary
    file and no database connection. A worker writes two at a time; raises Busy if no slot is free
    within LONGEST_WAIT seconds.
    """

    def pieces() -> Iterable[bytes]:
        names, batches = read_batches(source, wanted)
        kinds = {name: source.properties[name].kind for name in names}
        return WRITERS[format_name](Contents(collection, kinds, batches, notes))

    return written_file(pieces, collection, FILE_FORMAT_OF[format_name])


def written_file(pieces: Callable[[], Iterable[bytes]], name: str, format: FileFormat) -> Response:
    """Return a response with a file of pieces, as file_of does; they may read the database."""
    end_reads()
    if not writing.acquire(timeout=LONGEST_WAIT):
        raise Busy(SERVER_BUSY)
    try:
        file = spooled(pieces())
        end_reads()
    finally:
        writing.release()
    size = file.tell()
    file.seek(0)
    response = Response(
        wrap_file(request.environ, file, _CHUNK),
        content_type=format.content_type,
        direct_passthrough=True,
    )
    response.content_length = size
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format.suffix}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def spooled(pieces: Iterable[bytes]) -> IO[bytes]:
    """Return pieces as a temporary file, which is on the disk if it is large."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- closed with the response
    try:
        for piece in pieces:  # writelines would keep them all in memory
            file.write(piece)
    except BaseException:
        file.close()
        raise
    return file


def maps_of(jurisdiction: Scope, on: date) -> str:
    """Return the layers and numbers of the boundary sets in effect on a day."""
    sets = list_sets_of(jurisdiction.jurisdiction_id, Maps(on))
    return ", ".join(f"{one.layer} {one.id}" for one in sets)


def notes_of(values: dict[str, list[str]], maps: str) -> dict[str, str]:
    """Return the filters, time, and boundary sets of a file, for formats that can hold notes."""
    conditions: dict[str, Any] = {
        name: ", ".join(sent)
        for name, sent in values.items()
        if name not in ("api_key", "f", "properties", "jurisdiction_id")
    }
    made = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {**conditions, "made": made, "boundary_sets": maps}
