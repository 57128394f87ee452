"""Comparison of boundaries with the version in effect on the day on which they begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.maps.boundaries import CleanBoundary
from geo.maps.changes import compare_boundaries
from geo.maps.successions import list_successions, without_continued
from geo.notices import Notice
from open311.queries.maps.layers import find_layer_id, list_boundaries
from open311.queries.maps.sets import StoredSet, find_set_after, find_set_in_force


@dataclass(frozen=True)
class Comparison:
    """The version in effect on the first day, if there is one, and what changes.

    unchanged: the boundaries are equal to that version, apart from rounding, and would be in effect
    on no day on which it is not.
    """

    former: StoredSet | None
    old: Sequence[CleanBoundary]
    changes: Sequence[Notice]
    unchanged: bool


def compare(
    jurisdiction_id: str,
    layer: str,
    boundaries: Sequence[CleanBoundary],
    begin: date,
    until: date | None = None,
) -> Comparison:
    """Compare boundaries that begin on a day (included) and end on another (excluded)."""
    layer_id = find_layer_id(jurisdiction_id, layer)
    former = None if layer_id is None else find_set_in_force(layer_id, begin)
    old = [] if former is None else list_boundaries(former.id)
    successions = list_successions(old, boundaries)
    changes = [
        *(one.notice for one in successions),
        *without_continued(compare_boundaries(old, boundaries), successions),
    ]
    unchanged = former is not None and not changes and _lasts(former, until)
    return Comparison(former, old, changes, unchanged)


def _lasts(former: StoredSet, until: date | None) -> bool:
    """Return whether a version is in effect until a day, or until another one begins."""
    end = former.in_force_until
    if end is None or (until is not None and until <= end):
        return True
    begin = former.in_force_from
    following = None if begin is None else find_set_after(former.layer_id, begin, end)
    return following is not None and following.in_force_from == end
