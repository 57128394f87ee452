"""Images that clients send, valid and invalid."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
RED, BLUE = (220, 20, 20), (20, 20, 220)
PLACE_OF_THE_CAMERA = (39.0, 43.0, 12.0)


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def half_red(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Return an image whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image.convert(mode)


def from_a_phone(orientation: int = 1, width: int = 60, height: int = 40) -> bytes:
    """Return half_red as a JPEG from a phone: rotated, with the location in its metadata."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Secretphone"
    exif[GPS] = {1: "N", 2: PLACE_OF_THE_CAMERA, 3: "W", 4: PLACE_OF_THE_CAMERA}
    return encoded(half_red(width, height), "JPEG", exif=exif, comment=b"Secretcomment", quality=95)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that declares this size in pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def is_like(pixel: Any, color: tuple[int, int, int]) -> bool:
    """Return whether a pixel has nearly a color, since JPEG changes it slightly."""
    return all(abs(one - other) < 30 for one, other in zip(pixel, color, strict=True))
