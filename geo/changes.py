"""Which areas change hands between two maps of a layer, measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.boundaries import CleanBoundary
from geo.coordinates import square_metres
from geo.lint import LEAST_SQUARE_METRES, areas_of
from geo.natural_order import natural_key


@dataclass(frozen=True)
class Change:
    """An area that goes from one boundary to another, by their codes; None is none at all.

    geometry is in degrees on WGS 84.
    """

    before: str | None
    after: str | None
    square_metres: float
    geometry: MultiPolygon


def list_changes(old: Sequence[CleanBoundary], new: Sequence[CleanBoundary]) -> list[Change]:
    """List what one boundary loses and another gains, the largest areas first.

    All of a pair is one change. What is smaller than a square metre is left of rounding.
    """
    before = {boundary.code: boundary.geometry for boundary in old}
    after = {boundary.code: boundary.geometry for boundary in new}
    lost, gained = _beyond(before, after), _beyond(after, before)
    found = [
        Change(one, other, square_metres(area), area)
        for one, other, area in _pairs(lost, gained)
        if not area.is_empty
    ]
    return sorted((one for one in found if one.square_metres >= LEAST_SQUARE_METRES), key=_order)


def _beyond(
    these: Mapping[str, BaseGeometry], those: Mapping[str, BaseGeometry]
) -> dict[str, BaseGeometry]:
    """Give what each has that its namesake among the others has not."""
    rest = {
        code: shapely.difference(shape, those[code]) if code in those else shape
        for code, shape in these.items()
    }
    return {code: shape for code, shape in rest.items() if not shape.is_empty}


def _pairs(
    lost: Mapping[str, BaseGeometry], gained: Mapping[str, BaseGeometry]
) -> Iterator[tuple[str | None, str | None, MultiPolygon]]:
    for one, left in lost.items():
        for other, won in gained.items():
            yield one, other, _area(shapely.intersection(left, won))
    all_lost, all_gained = (shapely.union_all(list(side.values())) for side in (lost, gained))
    for one, left in lost.items():
        yield one, None, _area(shapely.difference(left, all_gained))
    for other, won in gained.items():
        yield None, other, _area(shapely.difference(won, all_lost))


def _area(shape: BaseGeometry) -> MultiPolygon:
    return MultiPolygon(areas_of(shape))


def _order(one: Change) -> tuple[float, list[object]]:
    codes: list[object] = [natural_key(code or "") for code in (one.before, one.after)]
    return -one.square_metres, codes
