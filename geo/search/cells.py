"""Cells of the map: squares of Web Mercator, 2^level on each axis of the world.

Columns count from the west, rows from the north.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from geo.coordinates import Box

WORLD_BITS = 32
"""The world has 2^32 units on each axis, of about a centimeter at the equator."""

NORTHERNMOST = 85.05112877980659
"""Latitude in degrees where the map ends, in the south as well."""

_SLACK = 2
"""Units that an edge may be off: another library may compute the last digit of a latitude."""

_MARGIN = 1e-6
"""Degrees by which edges overlap the cells beside them."""


def long_of(column: float, level: int) -> float:
    """Return the longitude in degrees where a column begins, at its west."""
    return column / (1 << level) * 360 - 180


def lat_of(row: float, level: int) -> float:
    """Return the latitude in degrees where a row begins, at its north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << level)))))


@dataclass(frozen=True)
class Run:
    """Cells of a level, one below the other."""

    level: int
    column: int
    first_row: int
    last_row: int


@dataclass(frozen=True)
class Block:
    """A rectangle of cells of a level."""

    level: int
    first_column: int
    last_column: int
    first_row: int
    last_row: int

    @property
    def is_empty(self) -> bool:
        """Whether it has no cells."""
        return self.first_column > self.last_column or self.first_row > self.last_row

    def at(self, level: int) -> "Block":
        """Return the same area in cells of a finer level."""
        bits = level - self.level
        return Block(
            level,
            self.first_column << bits,
            ((self.last_column + 1) << bits) - 1,
            self.first_row << bits,
            ((self.last_row + 1) << bits) - 1,
        )

    def runs_around(self, hole: "Block | None") -> Iterator[Run]:
        """Yield its cells without those of a block of the same level that is inside it."""
        for column in range(self.first_column, self.last_column + 1):
            if hole is None or not hole.first_column <= column <= hole.last_column:
                yield Run(self.level, column, self.first_row, self.last_row)
                continue
            if self.first_row < hole.first_row:
                yield Run(self.level, column, self.first_row, hole.first_row - 1)
            if hole.last_row < self.last_row:
                yield Run(self.level, column, hole.last_row + 1, self.last_row)


@dataclass(frozen=True)
class Covering:
    """A box as cells, and what is left of it.

    block has the cells of the finest level that are inside the box, and runs the same area in as
    few cells of all levels as possible. edges are four boxes that together contain the rest; they
    overlap, and reach a little into the cells.
    """

    block: Block
    runs: tuple[Run, ...]
    edges: tuple[Box, ...]


def cover(box: Box, coarsest: int, finest: int, most_across: int) -> Covering | None:
    """Return a box as cells of these levels; None if it contains none.

    most_across is the number of columns, which limits the number of runs; a box that is much wider
    than high may contain no cell that large. A box across the antimeridian contains none.
    """
    if box.minlong > box.maxlong:
        return None
    level = finest
    while level > coarsest and _columns(block_inside(box, level)) > most_across:
        level -= 1
    block = block_inside(box, level)
    if block.is_empty:
        return None
    return Covering(block, tuple(_runs(box, block, coarsest)), _edges(box, block))


def _columns(block: Block) -> int:
    return 1 + block.last_column - block.first_column


def _runs(box: Box, block: Block, coarsest: int) -> Iterator[Run]:
    while True:
        coarser = None if block.level == coarsest else block_inside(box, block.level - 1)
        if coarser is None or coarser.is_empty:
            yield from block.runs_around(None)
            return
        yield from block.runs_around(coarser.at(block.level))
        block = coarser


def block_inside(box: Box, level: int) -> Block:
    """Return the cells of a level that are inside a box, without those that touch its edges."""
    bits = WORLD_BITS - level
    return Block(
        level,
        ((_x(box.minlong) + _SLACK) >> bits) + 1,
        ((_x(box.maxlong) - _SLACK) >> bits) - 1,
        ((_y(box.maxlat) + _SLACK) >> bits) + 1,
        ((_y(box.minlat) - _SLACK) >> bits) - 1,
    )


def _x(long: float) -> int:
    return min(math.floor((long + 180) / 360 * (1 << WORLD_BITS)), (1 << WORLD_BITS) - 1)


def _y(lat: float) -> int:
    on_map = min(max(lat, -NORTHERNMOST), NORTHERNMOST)
    part = 0.5 - math.asinh(math.tan(math.radians(on_map))) / (2 * math.pi)
    return min(max(math.floor(part * (1 << WORLD_BITS)), 0), (1 << WORLD_BITS) - 1)


def _edges(box: Box, block: Block) -> tuple[Box, ...]:
    west = long_of(block.first_column, block.level) + _MARGIN
    east = long_of(block.last_column + 1, block.level) - _MARGIN
    north = lat_of(block.first_row, block.level) - _MARGIN
    south = lat_of(block.last_row + 1, block.level) + _MARGIN
    sides = {
        "minlong": box.minlong,
        "minlat": box.minlat,
        "maxlong": box.maxlong,
        "maxlat": box.maxlat,
    }
    ends = ({"maxlong": west}, {"minlong": east}, {"minlat": north}, {"maxlat": south})
    return tuple(Box(**{**sides, **end}) for end in ends)
