"""Photos as they are shown, made from what was sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from images import (
    BLUE,
    GPS,
    ORIENTATION,
    RED,
    encoded,
    from_a_phone,
    half_red,
    is_like,
    opened,
    png_header,
)
from PIL import Image

from open311.media.photos import FORMATS, NotAPhoto, Photo, make_photo

MOST = 1_000_000
WHITE = (255, 255, 255)


def refusal(content: bytes) -> str:
    with pytest.raises(NotAPhoto) as caught:
        make_photo(content, MOST)
    return caught.value.message.key


def corners(content: bytes) -> list[object]:
    """The pixels at the top left and the bottom right."""
    image = opened(content)
    return [image.getpixel((0, 0)), image.getpixel((image.width - 1, image.height - 1))]


def assert_red_then_blue(photo: Photo) -> None:
    for content in (photo.content, photo.thumbnail):
        first, last = corners(content)
        assert is_like(first, RED)
        assert is_like(last, BLUE)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_becomes_a_jpeg(format: str) -> None:
    photo = make_photo(encoded(half_red(), format), MOST)
    assert opened(photo.content).format == opened(photo.thumbnail).format == "JPEG"
    assert opened(photo.content).size == (photo.width, photo.height) == (60, 40)
    assert_red_then_blue(photo)


@pytest.mark.parametrize(
    ("format", "mode"),
    [("PNG", "P"), ("PNG", "RGBA"), ("JPEG", "CMYK"), ("TIFF", "CMYK"), ("TIFF", "YCbCr")],
)
def test_every_kind_of_color_is_understood(format: str, mode: str) -> None:
    assert_red_then_blue(make_photo(encoded(half_red(mode=mode), format), MOST))


@pytest.mark.parametrize(
    ("format", "mode", "value", "shown"),
    [
        ("PNG", "L", 128, 128),
        ("PNG", "1", 255, 255),
        ("PNG", "I;16", 0x8000, 128),
        ("TIFF", "I;16B", 0x8000, 128),
        ("PNG", "I;16", 0xFFFF, 255),
    ],
)
def test_grey_keeps_its_brightness_however_many_bits_it_has(
    format: str, mode: str, value: int, shown: int
) -> None:
    photo = make_photo(encoded(Image.new(mode, (8, 8), value), format), MOST)
    assert corners(photo.content)[0] == (shown, shown, shown)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF", "HEIF"])
def test_transparent_parts_become_white(format: str) -> None:
    image = half_red(mode="RGBA")
    image.paste((0, 0, 0, 0), (30, 0, 60, 40))
    first, last = corners(make_photo(encoded(image, format), MOST).content)
    assert is_like(first, RED)
    assert is_like(last, WHITE)


def test_a_transparent_palette_entry_becomes_white() -> None:
    image = half_red(mode="P")
    content = encoded(image, "PNG", transparency=image.getpixel((59, 39)))
    first, last = corners(make_photo(content, MOST).content)
    assert is_like(first, RED)
    assert is_like(last, WHITE)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(format: str) -> None:
    frames = [Image.new("RGB", (20, 20), WHITE) for _number in range(3)]
    content = encoded(half_red(20, 20), format, save_all=True, append_images=frames)
    assert_red_then_blue(make_photo(content, MOST))


# Where the red half of half_red lies once a viewer has applied the orientation.
@pytest.mark.parametrize(
    ("orientation", "red", "blue"),
    [
        (1, "left", "right"),
        (2, "right", "left"),
        (3, "right", "left"),
        (4, "left", "right"),
        (5, "top", "bottom"),
        (6, "top", "bottom"),
        (7, "bottom", "top"),
        (8, "bottom", "top"),
        (9, "left", "right"),
    ],
)
def test_the_orientation_is_applied(orientation: int, red: str, blue: str) -> None:
    photo = make_photo(from_a_phone(orientation), MOST)
    upright = red in ("left", "right")
    assert (photo.width, photo.height) == ((60, 40) if upright else (40, 60))
    for content in (photo.content, photo.thumbnail):
        image = opened(content)
        side = {
            "left": (0, image.height // 2),
            "right": (image.width - 1, image.height // 2),
            "top": (image.width // 2, 0),
            "bottom": (image.width // 2, image.height - 1),
        }
        assert is_like(image.getpixel(side[red]), RED)
        assert is_like(image.getpixel(side[blue]), BLUE)


@pytest.mark.parametrize("format", ["HEIF", "AVIF", "TIFF", "PNG", "WEBP"])
def test_a_turned_photo_of_another_format_is_turned_once(format: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    photo = make_photo(encoded(half_red(), format, exif=exif.tobytes()), MOST)
    assert (photo.width, photo.height) == (40, 60)
    assert_red_then_blue(photo)


def test_nothing_is_told_of_place_or_camera() -> None:
    sent = from_a_phone(6, 600, 400)
    assert opened(sent).getexif().get_ifd(GPS)
    photo = make_photo(sent, MOST)
    for content in (photo.content, photo.thumbnail):
        image = opened(content)
        assert not image.getexif()
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Exif" not in content
        assert b"Secret" not in content


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP", "HEIF", "GIF"])
def test_other_formats_tell_nothing_either(format: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secretphone"
    metadata = {"comment": "Secretcomment"} if format == "GIF" else {"exif": exif.tobytes()}
    sent = encoded(half_red(), format, **metadata)
    assert b"Secret" in sent
    assert b"Secret" not in make_photo(sent, MOST).content


def test_broken_exif_is_no_reason_to_refuse_a_photo() -> None:
    content = from_a_phone().replace(b"II*\x00", b"II*\x01").replace(b"MM\x00*", b"MM\x01*")
    assert content != from_a_phone()
    assert_red_then_blue(make_photo(content, MOST))


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((900, 600), (400, 267)),
        ((600, 900), (267, 400)),
        ((300, 200), (300, 200)),
        ((9000, 2), (400, 1)),
    ],
)
def test_a_thumbnail_has_400_pixels_at_its_longest_side_and_is_never_enlarged(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    photo = make_photo(encoded(half_red(*size), "JPEG"), MOST)
    assert (photo.width, photo.height) == size
    assert opened(photo.thumbnail).size == small


@pytest.mark.parametrize("size", [(60_000, 60_000), (12_000, 10_000), (1_001, 1_000), (65_501, 1)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    assert refusal(png_header(*size)) == "photo.too_many_pixels"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no image",
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        encoded(half_red(), "PPM"),
        encoded(half_red(), "PDF"),
        encoded(half_red(), "ICO"),
    ],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    assert refusal(content) == "photo.unreadable"


@pytest.mark.parametrize("format", FORMATS)
def test_a_photo_that_was_cut_off_is_refused(format: str) -> None:
    noise = Image.effect_noise((90, 60), 60).convert("RGB")
    content = encoded(noise, format)
    for length in (len(content) // 2, len(content) - len(content) // 10):
        assert refusal(content[:length]) in ("photo.broken", "photo.unreadable")


@pytest.mark.parametrize("format", FORMATS)
@given(data=st.data())
def test_a_damaged_photo_is_taken_or_refused_but_breaks_nothing(
    format: str, data: st.DataObject
) -> None:
    content = bytearray(encoded(half_red(), format))
    for _number in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        photo = make_photo(bytes(content), MOST)
    except NotAPhoto:
        return
    assert opened(photo.content).size == (photo.width, photo.height)
