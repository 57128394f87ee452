"""Rows of a layer of a file as GDAL reads them, with their texts decoded here."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from geo.encodings import UTF_8, decode_utf_8
from geo.errors import InvalidBoundaryFile
from geo.maps.encodings import Encoding, encoding_named, find_encoding
from geo.notices import Notice

_SHAPEFILE = "ESRI Shapefile"

_AS_BYTES = "ISO-8859-1"
"""An encoding in which every byte is a letter, so that nothing is lost before it is decoded."""


@dataclass(frozen=True)
class Rows:
    """Rows of a file: numbers count its features from 1, shapes are WKB, columns are by field.

    encoding is None for a format that declares it in the file. notices are about single values.
    """

    numbers: Sequence[int]
    shapes: Sequence[bytes | None]
    crs: str | None
    columns: Mapping[str, Sequence[object]]
    encoding: Encoding | None
    notices: Sequence[Notice]


@dataclass(frozen=True)
class LayerOfFile:
    """An unpacked file, the name under which people know it, and one of its layers."""

    name: str
    path: Path
    layer: str


@dataclass(frozen=True)
class _Decoder:
    """Decodes the texts of a file, and collects notices about those that the file has cut."""

    file: str
    encoding: Encoding | None
    has_cut_texts: bool
    notices: list[Notice] = field(default_factory=list)

    def decode_field(self, name: str) -> str:
        """Return the name of a field, without a last character that is cut."""
        if self.encoding is None or name.isascii():
            return name
        try:
            return self._decoded(name.encode(_AS_BYTES), self.encoding)[0]
        except UnicodeDecodeError:
            raise InvalidBoundaryFile(
                "file.bad_field_name",
                field="encoding",
                file=self.file,
                column=name,
                encoding=self.encoding.name,
            ) from None

    def _decoded(self, raw: bytes, encoding: Encoding) -> tuple[str, bool]:
        if encoding.name != UTF_8 or not self.has_cut_texts:
            return raw.decode(encoding.name), False
        return decode_utf_8(raw)

    def decode(self, value: Any, column: str, number: int) -> Any:
        if isinstance(value, np.ndarray):
            raise InvalidBoundaryFile("file.list_field", file=self.file, column=column)
        if self.encoding is None or not isinstance(value, str) or value.isascii():
            return value
        try:
            text, is_cut = self._decoded(value.encode(_AS_BYTES), self.encoding)
        except UnicodeDecodeError:
            raise InvalidBoundaryFile(
                "file.bad_text",
                field="encoding",
                file=self.file,
                number=number,
                column=column,
                encoding=self.encoding.name,
            ) from None
        if is_cut:
            self.notices.append(Notice("feature.text_cut", {"number": number, "column": column}))
        return text


def read_rows(
    source: LayerOfFile, fields: Iterable[str | None], where: str | None, encoding: str | None
) -> Rows:
    """Read the rows that meet an OGR condition, with some fields (None: left out).

    encoding is that of the texts, if somebody named it. Raises InvalidBoundaryFile.
    """
    given = None if encoding is None else Encoding(encoding_named(encoding), "given")
    driver = pyogrio.read_info(source.path, source.layer, encoding=_AS_BYTES)["driver"]
    is_shapefile = driver == _SHAPEFILE
    if given is not None and not is_shapefile and "JSON" not in driver:
        raise InvalidBoundaryFile("file.encoding_fixed", field="encoding", file=source.name)
    decode, ids = given, None
    if is_shapefile and given is None:
        meta, ids, _shapes, columns = _read(source, read_geometry=False, encoding=_AS_BYTES)
        decode = _detected(source, meta["fields"], columns)
    elif given is None and "JSON" in driver:
        decode = Encoding(UTF_8, "")
    if where is not None and ids is None:  # the numbers of features count those left out, too
        options = {} if decode is None else {"encoding": _AS_BYTES}
        _meta, ids, _shapes, _columns = _read(source, read_geometry=False, columns=[], **options)
    condition = where
    if where and is_shapefile and decode is not None:
        condition = _in_bytes(where, decode.name)
    decoder = _Decoder(source.name, decode, has_cut_texts=is_shapefile)
    return _chosen(source, fields, where, condition, decoder, ids)


def _detected(
    source: LayerOfFile, fields: Iterable[str], columns: Iterable[Sequence[object]]
) -> Encoding:
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
    source: LayerOfFile,
    fields: Iterable[str | None],
    where: str | None,
    condition: str | None,
    decoder: _Decoder,
    every: Sequence[int] | None,
) -> Rows:
    """Return the rows that meet a condition. every holds the ids of all, if one may fail it."""
    options = {} if decoder.encoding is None else {"encoding": _AS_BYTES}
    try:
        meta, ids, shapes, columns = _read(source, where=condition, **options)
    except ValueError:
        if where is None:
            raise
        raise InvalidBoundaryFile(
            "file.invalid_where", field="where", file=source.name, where=where
        ) from None
    numbers = {fid: number for number, fid in enumerate(ids if every is None else every, start=1)}
    here = [numbers[fid] for fid in ids]
    names = [decoder.decode_field(str(name)) for name in meta["fields"]]
    found = dict(zip(names, columns, strict=True))
    _check_fields(source.name, names, fields)
    wanted = {
        column: [
            decoder.decode(value, column, number)
            for number, value in zip(here, found[column], strict=True)
        ]
        for column in fields
        if column is not None
    }
    return Rows(here, shapes, meta["crs"], wanted, decoder.encoding, decoder.notices)


def _check_fields(file: str, known: Sequence[str], wanted: Iterable[str | None]) -> None:
    for name in wanted:
        if name is not None and name not in known:
            values = {"file": file, "wanted": name}
            if not known:
                raise InvalidBoundaryFile("file.no_fields", **values)
            raise InvalidBoundaryFile("file.unknown_field", fields=list(known), **values)


def _read(source: LayerOfFile, **options: Any) -> tuple[Any, Any, Any, Any]:
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
            reason = reason.replace(f"{source.path.parent}/", "")
            raise InvalidBoundaryFile(
                "file.unreadable", field="file", file=source.name, error=reason
            ) from None
    return meta, ids, shapes, columns
