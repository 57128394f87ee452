"""PMTiles archives (version 3) that tests upload and serve."""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

WORLD = (-180.0, -85.0, 180.0, 85.0)


def red_tile() -> bytes:
    png = BytesIO()
    Image.new("RGB", (256, 256), (200, 30, 30)).save(png, "PNG")
    return png.getvalue()


def write_archive(
    path: Path,
    tile: bytes,
    kind: TileType,
    bounds: tuple[float, float, float, float] = WORLD,
    compression: Compression = Compression.NONE,
) -> Path:
    """Write an archive of one tile, the whole world; bounds are what it says of itself."""
    west, south, east, north = (round(one * 1e7) for one in bounds)
    header: dict[str, Any] = {
        "tile_type": kind,
        "tile_compression": compression,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 0,
        "center_lon_e7": 0,
        "center_lat_e7": 0,
    }
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(0, 0, 0), tile)
        writer.finalize(header, {})
    return path
