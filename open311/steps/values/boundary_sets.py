"""A new boundary set, before it is stored."""

from dataclasses import dataclass
from datetime import date

from geo.maps.boundaries import CleanBoundary


@dataclass(frozen=True, kw_only=True)
class NewBoundarySet:
    """A set to be stored, its boundaries in natural order.

    in_force_from (included) and in_force_until (excluded; None: until further notice) are days of
    the jurisdiction's own calendar on which it is to be in force; a draft has none. reach_metres
    is that of a new layer of lines.
    """

    jurisdiction_id: str
    layer: str
    boundaries: list[CleanBoundary]
    source: str
    licence: str = ""
    vintage: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    made_by: str = "import"
    reach_metres: float | None = None


SINCE_EVER = date(1900, 1, 1)
"""From when the first set of a layer is in force, so that older reports find a place, too."""
