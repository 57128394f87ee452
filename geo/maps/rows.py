"""Rows of a layer of a file as GDAL reads them, with their texts decoded here."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from geo.errors import InvalidBoundaryFile
from geo.maps.encodings import UTF_8, Encoding, encoding_named, find_encoding

_SHAPEFILE = "ESRI Shapefile"

_AS_BYTES = "ISO-8859-1"
"""An encoding in which every byte is a letter, so that nothing is lost before it is decoded."""


@dataclass(frozen=True)
class Rows:
    """Rows of a file: numbers count its features from 1, shapes are WKB, columns are by field.

    encoding is None for a format that declares it in the file.
    """

    numbers: Sequence[int]
    shapes: Sequence[bytes | None]
    crs: str | None
    columns: Mapping[str, Sequence[object]]
    encoding: Encoding | None


@dataclass(frozen=True)
class Source:
    """An unpacked file, the name under which people know it, and one of its layers."""

    name: str
    path: Path
    layer: str


def read_rows(
    source: Source, fields: Iterable[str | None], where: str | None, encoding: str | None
) -> Rows:
    """Read the rows that meet an OGR condition, with some fields (None: left out).

    encoding is that of the texts, if somebody named it. Raises InvalidBoundaryFile.
    """
    given = None if encoding is None else Encoding(encoding_named(encoding), "given")
    driver = pyogrio.read_info(source.path, source.layer, encoding=_AS_BYTES)["driver"]
    if driver == _SHAPEFILE or "JSON" in driver:
        meta, ids, _shapes, columns = _read(source, read_geometry=False, encoding=_AS_BYTES)
        decode = given or _encoding(source, driver, meta["fields"], columns)
    elif given is not None:
        raise InvalidBoundaryFile("file.encoding_fixed", field="encoding", file=source.name)
    else:
        _meta, ids, _shapes, _columns = _read(source, read_geometry=False, columns=[])
        decode = None
    numbers = {fid: number for number, fid in enumerate(ids, start=1)}
    condition = where
    if where and driver == _SHAPEFILE and decode is not None:
        condition = _in_bytes(where, decode.name)
    return _chosen(source, fields, where, condition, decode, numbers)


def _encoding(
    source: Source, driver: str, fields: Iterable[str], columns: Iterable[Sequence[object]]
) -> Encoding:
    if driver != _SHAPEFILE:
        return Encoding(UTF_8, "")
    values = (value for column in columns for value in column if isinstance(value, str))
    texts = {text.encode(_AS_BYTES) for some in (fields, values) for text in some}
    return find_encoding(source.path, texts)


def _in_bytes(where: str, encoding: str) -> str:
    """Return a condition as GDAL compares it with texts that it reads as bytes."""
    try:
        return where.encode(encoding).decode(_AS_BYTES)
    except UnicodeEncodeError:
        return where


def _chosen(
    source: Source,
    fields: Iterable[str | None],
    where: str | None,
    condition: str | None,
    encoding: Encoding | None,
    numbers: dict[int, int],
) -> Rows:
    options = {} if encoding is None else {"encoding": _AS_BYTES}
    try:
        meta, ids, shapes, columns = _read(source, where=condition, **options)
    except ValueError:
        if where is None:
            raise
        raise InvalidBoundaryFile(
            "file.invalid_where", field="where", file=source.name, where=where
        ) from None
    here = [numbers[fid] for fid in ids]
    names = [_decoded(source, str(name), encoding, str(name), 0) for name in meta["fields"]]
    found = dict(zip(names, columns, strict=True))
    _check_fields(source.name, names, fields)
    wanted = {
        field: [
            _decoded(source, value, encoding, field, number)
            for number, value in zip(here, found[field], strict=True)
        ]
        for field in fields
        if field is not None
    }
    return Rows(here, shapes, meta["crs"], wanted, encoding)


def _decoded(source: Source, value: Any, encoding: Encoding | None, field: str, number: int) -> Any:
    if encoding is None or not isinstance(value, str) or value.isascii():
        return value
    try:
        return value.encode(_AS_BYTES).decode(encoding.name)
    except UnicodeDecodeError:
        raise InvalidBoundaryFile(
            "file.bad_text",
            field="encoding",
            file=source.name,
            number=number,
            column=field,
            encoding=encoding.name,
        ) from None


def _check_fields(file: str, known: Sequence[str], wanted: Iterable[str | None]) -> None:
    for field in wanted:
        if field is not None and field not in known:
            values = {"file": file, "wanted": field}
            if not known:
                raise InvalidBoundaryFile("file.no_fields", **values)
            raise InvalidBoundaryFile("file.unknown_field", fields=list(known), **values)


def _read(source: Source, **options: Any) -> tuple[Any, Any, Any, Any]:
    """Return what GDAL reads: metadata, ids, geometries, and columns."""
    with warnings.catch_warnings():
        # Each ring that is not closed is told by the number of its feature.
        warnings.filterwarnings("ignore", "Non closed ring", RuntimeWarning)
        try:
            meta, ids, shapes, columns = pyogrio.raw.read(
                source.path, layer=source.layer, return_fids=True, **options
            )
        except (DataSourceError, DataLayerError, FieldError) as error:
            reason = str(error).replace(str(source.path), source.name)
            raise InvalidBoundaryFile(
                "file.unreadable", field="file", file=source.name, error=reason
            ) from None
    return meta, ids, shapes, columns
