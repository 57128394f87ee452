"""Preview of the changes that publishing a boundary set would make."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import shapely
from cachetools import LRUCache, cached
from shapely.geometry import MultiPolygon
from sqlalchemy import ColumnElement

from geo.maps.boundaries import CleanBoundary
from geo.maps.changes import Change, compare_boundaries, list_changes
from geo.maps.lint import Finding, lint_boundaries
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import find_service_area, list_boundaries
from open311.queries.maps.sets import Maps, StoredSet, find_set_in_force
from open311.queries.routing.reroute import Rerouted, reroute


@dataclass(frozen=True)
class Preview:
    """What changes in the layer, in sentences, and every service request in scope.

    before holds where the maps in force would send each, as its present department may have been
    settled otherwise; after, where the set would.
    """

    changes: Sequence[str]
    before: Sequence[Rerouted]
    after: Sequence[Rerouted]

    @property
    def moved(self) -> list[Rerouted]:
        """Those that the set sends elsewhere than they are, and the present maps do not."""
        same = {one.pk for one in self.before if one.moves}
        return [one for one in self.after if one.moves and one.pk not in same]

    @property
    def load(self) -> dict[int, tuple[int, int]]:
        """How many each department would have by the present maps, and by the set."""
        counts = [
            Counter(one.decision.department_id for one in side if one.decision is not None)
            for side in (self.before, self.after)
        ]
        return {id_: (counts[0][id_], counts[1][id_]) for id_ in sorted({*counts[0], *counts[1]})}


def preview(
    jurisdiction: Scope, stored: StoredSet, now: Maps, scope: ColumnElement[bool]
) -> Preview:
    """Compare a set, as if it were current on the day, with the current one then."""
    present = find_set_in_force(stored.layer_id, now.on)
    old = [] if present is None else list_boundaries(present.id)
    planned = Maps(now.on, instead={stored.layer_id: stored.id})
    return Preview(
        changes=compare_boundaries(old, list_boundaries(stored.id)),
        before=reroute(jurisdiction, now, scope),
        after=reroute(jurisdiction, planned, scope),
    )


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
