"""Writers of the files, which take rows in batches and keep no more than those."""

import gzip
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import shapely

from open311.web.exports import append_layer, csv_line
from open311.web.open_data.columns import PLACE
from schemas.vocabulary.file_formats import OPEN_DATA_FORMATS

LAYER = "requests"

GZIP_LEVEL = 6

DECIMALS = 7
"""Decimals of degrees: about a centimeter."""

Kinds = Mapping[str, str]

Shapes = Sequence[bytes | None]

Rows = Sequence[Sequence[Any]]


class Writer(Protocol):
    """Writes a file of rows; kinds are those of their columns by name, shapes are WKB."""

    def add(self, shapes: Shapes, rows: Rows) -> None:
        """Add rows and their places."""

    def close(self) -> None:
        """Complete the file."""


class CsvWriter:
    """Writes CSV (RFC 4180), compressed as gzip, with lat and long as its last columns."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        self._file = gzip.open(path, "wb", compresslevel=GZIP_LEVEL)  # noqa: SIM115
        self._file.write(csv_line([*kinds, *PLACE]))

    def add(self, shapes: Shapes, rows: Rows) -> None:
        """Add rows and their places."""
        points = shapely.from_wkb(np.array(shapes, dtype=object))
        places = np.round([shapely.get_y(points), shapely.get_x(points)], DECIMALS).T.tolist()
        self._file.write(
            b"".join(
                csv_line([*row, *(("", "") if shape is None else place)])
                for row, shape, place in zip(rows, shapes, places, strict=True)
            )
        )

    def close(self) -> None:
        """Complete the file."""
        self._file.close()


class GeoPackageWriter:
    """Writes a GeoPackage (OGC 12-128r19) with one layer of points."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        self._path, self._kinds = path, kinds
        self._append([], [], {})

    def add(self, shapes: Shapes, rows: Rows) -> None:
        """Add rows and their places."""
        self._append(shapes, rows, None)

    def _append(self, shapes: Shapes, rows: Rows, notes: Mapping[str, str] | None) -> None:
        append_layer(self._path, LAYER, self._kinds, shapes, rows, notes, "Point")

    def close(self) -> None:
        """Do nothing: each batch completes the file."""


def open_writers(folder: Path, kinds: Kinds) -> dict[str, tuple[Writer, Path]]:
    """Return the writers of a folder by their format, each with its file.

    GeoParquet is written if the extra of that name is installed; only then, its library is loaded.
    """
    paths = {one.code: folder / f"{LAYER}.{one.suffix}" for one in OPEN_DATA_FORMATS}
    writers: dict[str, Writer] = {
        "csv": CsvWriter(paths["csv"], kinds),
        "gpkg": GeoPackageWriter(paths["gpkg"], kinds),
    }
    if find_spec("pyarrow") is not None:
        parquet: Any = import_module("open311.web.open_data.parquet")
        writers["parquet"] = parquet.ParquetWriter(paths["parquet"], kinds)
    return {code: (writer, paths[code]) for code, writer in writers.items()}
