"""What there is to see of a boundary set: its findings, and what changes hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import shapely
from cachetools import LRUCache, cached
from shapely.geometry import MultiPolygon

from geo.boundaries import CleanBoundary
from geo.changes import Change, list_changes
from geo.lint import Finding, lint_boundaries
from open311.queries.boundaries import find_service_area, list_boundaries
from open311.queries.boundary_sets import StoredSet

_KEPT = 8


@dataclass(frozen=True)
class Review:
    """A set's boundaries beside those of the set it is compared with; findings and changes."""

    boundaries: Sequence[CleanBoundary]
    former: Sequence[CleanBoundary]
    findings: Sequence[Finding]
    changes: Sequence[Change]


def review(jurisdiction_id: str, stored: StoredSet, former: StoredSet | None) -> Review:
    """Look a set over beside another one, or none.

    That takes seconds for a large map, and no set ever changes: the last few are kept.
    """
    area, _source = find_service_area(jurisdiction_id)
    return _review(stored, former, area)


def _key(stored: StoredSet, former: StoredSet | None, area: MultiPolygon | None) -> object:
    """Name sets by their numbers and when they were imported: another database has others."""
    sets = tuple(None if one is None else (one.id, one.imported_at) for one in (stored, former))
    return sets, None if area is None else shapely.to_wkb(area)


@cached(LRUCache(_KEPT), key=_key, lock=Lock())
def _review(stored: StoredSet, former: StoredSet | None, area: MultiPolygon | None) -> Review:
    boundaries = list_boundaries(stored.id)
    others = [] if former is None else list_boundaries(former.id)
    changes = [] if former is None else list_changes(others, boundaries)
    return Review(boundaries, others, lint_boundaries(boundaries, area), changes)
