"""The outlines of areas in memory, to find the areas nearest to a point without a database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coordinates import (
    Degrees,
    Meters,
    Point,
    as_pieces,
    ends_from_center,
    from_center,
    meters_to,
    share_along,
)

_LONGEST_PIECE = 0.005
"""Degrees, as in the table of edges. A piece of an outline is straight in degrees, as it is for
ST_Covers. Up to this length it is within 1 cm of the straight line through the ground."""

_PIECES_OF_A_BLOCK = 32

_FEW_BLOCKS = 64
"""Up to so many blocks, all pieces are compared: to choose blocks would take longer."""

_BEYOND = 1e9
"""Meters, farther than anything on the earth: the position of what fills up a block."""

_NEXT_TO = 100.0
"""Meters. Up to here, the nearest place on a piece is found in degrees, and beyond in space."""

Integers = NDArray[np.int_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Outlines:
    """The outlines of areas, holes included, in blocks of consecutive pieces.

    A block belongs to one area. Blocks are in the order of areas, and areas in that of groups.
    pieces are in WGS 84 degrees, in the shape (block, piece, 4). starts and spans are the same
    pieces as straight lines in space, in meters from the center of the earth, in the shape
    (3, block, piece). The pieces of a block are in a ball with a center and a radius.
    """

    pieces: Degrees
    starts: Meters
    spans: Meters
    inverse_squares: NDArray[np.float64]
    centers: Meters
    radii: Meters
    areas: Integers
    groups: Integers
    first_of_area: Integers
    first_of_group: Integers

    @classmethod
    def of(cls, areas: Sequence[BaseGeometry], groups: Sequence[int]) -> "Outlines":
        """Cut the outlines of areas in WGS 84 degrees; groups are ascending, one for each area."""
        rings, owners = shapely.get_parts(shapely.boundary(list(areas)), return_index=True)
        cut, ring = as_pieces(rings, _LONGEST_PIECE)
        rows, filling = _blocks(np.bincount(owners[ring], minlength=len(areas)))
        pieces = cut[rows]
        starts, ends = ends_from_center(pieces)
        spans = ends - starts
        corners = np.concatenate([starts, ends], axis=2)
        centers = (corners.min(axis=2) + corners.max(axis=2)) / 2
        radii = _lengths(corners - centers[:, :, None]).max(axis=1)
        starts[:, filling] = _BEYOND
        spans[:, filling] = 0
        of_block = owners[ring][rows[:, 0]]
        used, groups_of_blocks = np.unique(np.asarray(groups)[of_block], return_inverse=True)
        return cls(
            pieces=pieces,
            starts=starts,
            spans=spans,
            # A piece of a pole has no length in space.
            inverse_squares=1 / np.maximum(_products(spans, spans), 1e-12),
            centers=centers,
            radii=radii,
            areas=of_block,
            groups=groups_of_blocks,
            first_of_area=np.searchsorted(of_block, np.arange(len(areas) + 1)),
            first_of_group=np.searchsorted(groups_of_blocks, np.arange(len(used))),
        )

    def near(self, point: Point, without: Iterable[int]) -> Iterator[tuple[int, float]]:
        """Yield the areas of each group that may be the nearest, with their distances in meters.

        Areas are positions in the sequence given to `of`; without are those to leave out. An area
        may come several times. The smallest distance of a group is that on the ellipsoid from the
        point to the nearest place of an outline.
        """
        place = from_center(point)[:, None]
        blocks = self._near_blocks(place, without)
        from_start = place[:, :, None] - self.starts[:, blocks]
        spans = self.spans[:, blocks]
        shares = _products(from_start, spans) * self.inverse_squares[blocks]
        shares = np.minimum(np.maximum(shares, 0), 1)
        meters = _lengths(from_start - shares * spans)
        groups = self.groups[blocks]
        least = np.full(len(self.first_of_group), np.inf)
        np.minimum.at(least, groups, meters.min(axis=1))
        block, piece = np.nonzero(meters <= _limit(least)[groups, None])
        found = zip(
            self.areas[blocks[block]].tolist(),
            self.pieces[blocks[block], piece].tolist(),
            shares[block, piece].tolist(),
            meters[block, piece].tolist(),
            strict=True,
        )
        for area, ends, share, about in found:
            exact = share_along(point, ends) if about < _NEXT_TO else share
            yield area, meters_to(point, ends, exact)

    def _near_blocks(self, place: Meters, without: Iterable[int]) -> Integers:
        """Return the blocks that may have the nearest piece of their group."""
        counts = np.ones(len(self.radii), dtype=bool)
        for area in without:
            counts[self.first_of_area[area] : self.first_of_area[area + 1]] = False
        if len(counts) <= _FEW_BLOCKS:
            return np.flatnonzero(counts)
        to_center = _lengths(self.centers - place)
        farthest = np.where(counts, to_center + self.radii, np.inf)
        least = np.minimum.reduceat(farthest, self.first_of_group)
        nearest = to_center - self.radii
        return np.flatnonzero((nearest <= _limit(least)[self.groups]) & counts)


def _limit(least: Meters) -> Meters:
    """Return up to which distance in space the nearest may be, where the least is known.

    Through the ground it is shorter than on the ellipsoid, and not everywhere by the same share:
    the third power is more than the difference. Pieces are off by up to 1 cm in space.
    """
    return least + 0.03 + 1e-16 * least**3


def _blocks(counts: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the rows of the pieces of each block, for areas with so many pieces.

    The last row of an area fills up its last block; the second result is true there.
    """
    blocks = -(-counts // _PIECES_OF_A_BLOCK)
    first = np.repeat(np.cumsum(blocks) - blocks, blocks)
    in_area = (np.arange(blocks.sum()) - first)[:, None] * _PIECES_OF_A_BLOCK
    rank = in_area + np.arange(_PIECES_OF_A_BLOCK)
    count = np.repeat(counts, blocks)[:, None]
    start = np.repeat(np.cumsum(counts) - counts, blocks)[:, None]
    return start + np.minimum(rank, count - 1), rank >= count


def _products(some: Meters, others: Meters) -> NDArray[np.float64]:
    """Return the scalar products of vectors, whose numbers are in the first dimension."""
    products: NDArray[np.float64] = np.einsum("i...,i...", some, others)
    return products


def _lengths(vectors: Meters) -> Meters:
    return np.sqrt(_products(vectors, vectors))
