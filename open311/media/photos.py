"""Conversion of an untrusted file to a JPEG without metadata, and a thumbnail.

The content alone decides the file type: its name and its declared type are ignored. Pure image
code, which knows neither Flask nor the database.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil, floor

import pillow_heif
from PIL import Image, ImageDraw, UnidentifiedImageError

from open311.messages.message import Message
from open311.messages.submissions import PHOTO_BROKEN, PHOTO_TOO_MANY_PIXELS, PHOTO_UNREADABLE

Image.init()  # otherwise Pillow does not yet know all of FORMATS

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

FORMATS = ("JPEG", "PNG", "HEIF", "AVIF", "WEBP", "GIF", "TIFF", "BMP")
"""Formats that Pillow may open. Cameras use no others, and some start other programs."""

LONGEST_SIDE = 65_500
"""In pixels, the limit of libjpeg."""

THUMBNAIL_SIDE = 400
"""Longest side of a thumbnail, in pixels."""

QUALITY = 85

# Number of the EXIF tag Orientation (CIPA DC-008, 4.6.4); its value 1 is upright.
ORIENTATION = 0x0112

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# A large image needs several hundred megabytes while it is decoded: one at a time per process.
_room_for_one = threading.Lock()


class NotAPhoto(ValueError):
    """The file cannot be shown as a photo. The caller adds the name of the file to the message."""

    def __init__(self, message: Message, **values: object) -> None:
        super().__init__(message.key, values)
        self.message = message
        self.values = values


@dataclass(frozen=True)
class Photo:
    """A JPEG and its thumbnail, another JPEG; width and height are those of the first.

    link is the link that it was fetched from, if any.
    """

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    link: str = ""


def make_photo(content: bytes, most_pixels: int) -> Photo:
    """Return a photo made from an image file: upright, RGB, free of metadata.

    Transparent parts become white; an animation is reduced to its first frame. Raises NotAPhoto if
    the file is no image, is broken, or has more than most_pixels; in that case nothing is decoded.
    """
    with _room_for_one:
        try:
            image = _open(content, most_pixels)
            image.load()
            flat = _flatten(image)
            upright = flat.transpose(turn) if (turn := _turn(image)) is not None else flat
            small = upright.resize(_fit(upright.size), Image.Resampling.LANCZOS, reducing_gap=3.0)
            return Photo(_as_jpeg(upright), _as_jpeg(small), upright.width, upright.height)
        except NotAPhoto:
            raise
        except Exception:  # decoders raise errors of any kind for a broken file
            raise NotAPhoto(PHOTO_BROKEN) from None


def cover_boxes(content: bytes, boxes: Iterable[Sequence[float]], most_pixels: int) -> Photo:
    """Return a stored photo with black boxes: left, top, width, and height in percent of it.

    What is under them is gone. A box reaches at least one pixel. Raises NotAPhoto.
    """
    with _room_for_one:
        try:
            image = _flatten(_open(content, most_pixels))
            draw = ImageDraw.Draw(image)
            for left, top, width, height in boxes:
                across, down = image.width / 100, image.height / 100
                first = floor(left * across), floor(top * down)
                last = ceil((left + width) * across) - 1, ceil((top + height) * down) - 1
                draw.rectangle((first, last), fill="black")
            small = image.resize(_fit(image.size), Image.Resampling.LANCZOS, reducing_gap=3.0)
            return Photo(_as_jpeg(image), _as_jpeg(small), image.width, image.height)
        except NotAPhoto:
            raise
        except Exception:  # as above
            raise NotAPhoto(PHOTO_BROKEN) from None


def _open(content: bytes, most_pixels: int) -> Image.Image:
    """Open an image without decoding it: only its format and size are read."""
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise NotAPhoto(PHOTO_UNREADABLE) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(most_pixels) from None
    if image.width * image.height > most_pixels or max(image.size) > LONGEST_SIDE:
        raise _too_large(most_pixels)
    return image


def _too_large(most_pixels: int) -> NotAPhoto:
    return NotAPhoto(PHOTO_TOO_MANY_PIXELS, limit=most_pixels, side=LONGEST_SIDE)


def _flatten(image: Image.Image) -> Image.Image:
    """Return the image as RGB with 8 bits per channel, on white, without metadata."""
    if image.mode.startswith("I"):  # 16 bits of gray, which convert() would cut off at 255
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
    else:
        flat = image.convert("RGB")
    flat.info.clear()  # otherwise a comment of the original would be saved again
    return flat


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # broken metadata is no reason to reject a photo
        return None


def _fit(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of the thumbnail; a small image is not enlarged."""
    scale = min(1, THUMBNAIL_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _as_jpeg(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
