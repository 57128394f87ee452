"""Colors of websites: their contrast (WCAG 2.2, 1.4.3), and shades that can be read."""

from collections.abc import Callable, Sequence

LEAST_CONTRAST = 4.5
"""The least contrast of text with its background (WCAG 2.2, 1.4.3, level AA)."""

WHITE, BLACK = "#ffffff", "#000000"

Color = str
"""As #rrggbb."""


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colors, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    """Return the relative luminance of a color in sRGB, from 0 to 1."""
    red, green, blue = (_linear(one / 255) for one in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _parts(color: Color) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mixed(one: Color, share: float, other: Color) -> Color:
    """Return a mixture in sRGB with a share of the first color, as color-mix() of CSS."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def on(color: Color) -> Color:
    """Return white or black, whichever can be read on a color; white if both can."""
    return WHITE if contrast(color, WHITE) >= LEAST_CONTRAST else BLACK


def shade_toward(color: Color, end: Color, is_readable: Callable[[Color], bool]) -> Color:
    """Return a color, mixed with as little of another one as makes it readable."""
    shades = (mixed(color, 1 - step / 50, end) for step in range(51))
    return next(filter(is_readable, shades), end)


def reads_on(color: Color, grounds: Sequence[Color]) -> bool:
    """Return whether text of a color can be read on all of some backgrounds."""
    return all(contrast(color, ground) >= LEAST_CONTRAST for ground in grounds)
