"""GeoParquet 1.1: https://geoparquet.org/releases/v1.1.0/"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from pyarrow import parquet

from open311.web.open_data.columns import GEOMETRY
from open311.web.open_data.writers import Kinds, Rows, Shapes

_TYPES: Mapping[str, Any] = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "moment": pa.timestamp("ms", tz="UTC"),
}

EMPTY = (np.inf, np.inf, -np.inf, -np.inf)
"""The bounds of no points."""


class ParquetWriter:
    """Writes GeoParquet with a column of points as WKB on OGC:CRS84, which is the default."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        columns = [(name, _TYPES[kind]) for name, kind in kinds.items()]
        self._schema = pa.schema([*columns, (GEOMETRY, pa.binary())])
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._bounds = np.array(EMPTY)

    def add(self, shapes: Shapes, rows: Rows) -> None:
        """Add rows and their places as a group of rows."""
        if not rows:
            return
        columns = [*zip(*rows, strict=True), shapes]
        arrays = [
            pa.array(values, field.type)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        west, south, east, north = shapely.total_bounds(
            shapely.from_wkb(np.array(shapes, dtype=object))
        )
        low, high = (
            np.fmin(self._bounds[:2], (west, south)),
            np.fmax(self._bounds[2:], (east, north)),
        )
        self._bounds = np.concatenate([low, high])

    def close(self) -> None:
        """Complete the file with what it says about its geometry."""
        column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
        if np.isfinite(self._bounds).all():
            column["bbox"] = self._bounds.tolist()
        about = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
        self._writer.add_key_value_metadata({"geo": orjson.dumps(about).decode()})
        self._writer.close()
