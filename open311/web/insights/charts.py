"""The geometry of charts, which templates/insights/charts.html writes as SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, log10

WIDTH, HEIGHT = 420, 200
"""Of a chart, in units in which its text is 11 high."""

LEFT, RIGHT, TOP, BOTTOM = 46, 12, 8, 24
"""Around the area in which lines are drawn, for the labels of the axes."""

MOST_LABELS = 6
"""Labels below the horizontal axis."""

KINDS = ("first", "second", "third")
"""Line styles, which differ in color, dashes, and weight."""


@dataclass(frozen=True)
class Series:
    """Values of a line, one for each place on the axis; None breaks it.

    lower and upper are the edges of a band around it.
    """

    name: str
    values: Sequence[float | None]
    lower: Sequence[float | None] = ()
    upper: Sequence[float | None] = ()


@dataclass(frozen=True)
class Line:
    """A line as SVG paths; band is empty without one."""

    name: str
    kind: str
    path: str
    band: str


@dataclass(frozen=True)
class LineChart:
    """Lines, and ticks of the axes as (position, label). mark is where the future begins."""

    lines: Sequence[Line]
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]
    mark: float | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def line_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    number: Callable[[float], str],
    *,
    top: float | None = None,
    mark: int | None = None,
) -> LineChart:
    """Return a chart of lines over places at equal distances, from zero upward.

    number writes a label of the vertical axis, which ends at top if that is given; without top, it
    has whole numbers alone. mark is the first place of the future.
    """
    highest = top or max((one for part in series for one in _all(part)), default=0)
    ticks = nice_ticks(highest, 1 if top is None else 0)
    scale = _Scale(max(len(labels), 1), ticks[-1])
    lines = [_line(one, kind, scale) for one, kind in zip(series, KINDS, strict=False)]
    step = max(1, ceil(len(labels) / MOST_LABELS))
    last = (len(labels) - 1) % step
    return LineChart(
        lines,
        [(scale.x(place), labels[place]) for place in range(last, len(labels), step)],
        [(scale.y(one), number(one)) for one in ticks],
        None if mark is None else round(scale.x(mark - 0.5), 1),
    )


def nice_ticks(highest: float, least: float = 0) -> list[float]:
    """Return round numbers from zero to at least the highest, about four steps apart.

    A step is at least a number, itself round.
    """
    if not 0 < highest < inf:
        return [0, 1]
    rough = highest / 4
    power = 10.0 ** floor(log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough * (1 - 1e-9))
    step = max(step, least)
    return [step * one for one in range(ceil(highest / step - 1e-9) + 1)]


@dataclass(frozen=True)
class _Scale:
    places: int
    highest: float

    def x(self, place: float) -> float:
        inside = WIDTH - LEFT - RIGHT
        share = place / (self.places - 1) if self.places > 1 else 0.5
        return round(LEFT + inside * share, 1)

    def y(self, value: float) -> float:
        inside = HEIGHT - TOP - BOTTOM
        return round(HEIGHT - BOTTOM - inside * min(value / self.highest, 1.0), 1)


def _all(series: Series) -> list[float]:
    values = (*series.values, *series.upper)
    return [one for one in values if one is not None and one < inf]


def _line(series: Series, kind: str, scale: _Scale) -> Line:
    points = [
        None if one is None else (scale.x(place), scale.y(one))
        for place, one in enumerate(series.values)
    ]
    return Line(series.name, kind, _path(points), _band(series, scale))


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    parts, drawing = [], False
    for one in points:
        if one is not None:
            parts.append(f"{'L' if drawing else 'M'}{one[0]:g} {one[1]:g}")
        drawing = one is not None
    if len(parts) == 1:
        parts.append("h0.1")  # a single point is a dot
    return "".join(parts)


def _band(series: Series, scale: _Scale) -> str:
    known = [
        (place, low, high)
        for place, (low, high) in enumerate(zip(series.lower, series.upper, strict=True))
        if low is not None and high is not None
    ]
    if len(known) < 2:
        return ""
    above = [(scale.x(place), scale.y(min(high, scale.highest))) for place, _low, high in known]
    below = [(scale.x(place), scale.y(low)) for place, low, _high in reversed(known)]
    return f"{_path([*above, *below])}Z"


@dataclass(frozen=True)
class Bar:
    """An interval around a value, between 0 and 100 of an axis that rows of a table share.

    is_open says that the interval goes on beyond the axis. range_low and range_high are limits
    between which it would be by chance, and line a value to compare with; None without them.
    """

    value: float | None
    low: float
    high: float
    is_open: bool
    line: float | None = None
    range_low: float | None = None
    range_high: float | None = None


@dataclass(frozen=True)
class Axis:
    """An axis from low to high for the bars of a table."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float | None]) -> "Axis":
        """Return an axis from zero over all values that are not infinite."""
        known = [one for one in values if one is not None and one < inf]
        return cls(0, max(known, default=1) or 1)

    @classmethod
    def around(cls, middle: float, values: Sequence[float]) -> "Axis":
        """Return an axis with a value in its middle, over all values that are not infinite."""
        reach = max((abs(one - middle) for one in values if one < inf), default=0) or 1
        return cls(middle - reach, middle + reach)

    def at(self, value: float) -> float:
        """Return the place of a value, at most the end of the axis."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0), 1), 1)

    def bar(
        self,
        value: float | None,
        lower: float | None,
        upper: float | None,
        line: float | None = None,
        limits: tuple[float, float] | None = None,
    ) -> Bar | None:
        """Return the bar of an interval, open to the right without an upper end."""
        if lower is None:
            return None
        end = inf if upper is None else upper
        low, high = (None, None) if limits is None else map(self.at, limits)
        return Bar(
            None if value is None else self.at(value),
            self.at(lower),
            self.at(end),
            end > self.high * (1 + 1e-9),
            None if line is None else self.at(line),
            low,
            high,
        )
