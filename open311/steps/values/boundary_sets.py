"""A new boundary set, before it is stored."""

from dataclasses import dataclass
from datetime import date

from geo.maps.boundaries import CleanBoundary


@dataclass(frozen=True, kw_only=True)
class NewBoundarySet:
    """A boundary set to store, with its boundaries in natural order.

    in_force_from (inclusive) and in_force_until (exclusive; None: open-ended) are days of the
    jurisdiction's calendar; those of a draft are planned only. reach_meters is that of a new layer
    of lines, in meters, and overlapping tells whether the boundaries of a new layer overlap on
    purpose. despite is the reason to publish it although it is doubtful, empty for none. source_url
    is the address that the boundaries were read from.
    """

    jurisdiction_id: str
    layer: str
    boundaries: list[CleanBoundary]
    source: str
    license: str = ""
    vintage: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    made_by: str = "import"
    reach_meters: float | None = None
    overlapping: bool = False
    despite: str = ""
    source_url: str | None = None
