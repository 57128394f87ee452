"""Preview of the changes that publishing a boundary set would make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

import shapely
from cachetools import LRUCache, cached
from shapely.geometry import MultiPolygon
from sqlalchemy import ColumnElement

from geo.maps.boundaries import CleanBoundary
from geo.maps.changes import Change, compare_boundaries, list_changes
from geo.maps.examination import examine
from geo.maps.lint import Finding, lint_boundaries
from geo.maps.successions import without_continued
from geo.notices import Notice
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import find_service_area, list_boundaries
from open311.queries.maps.sets import Maps, StoredSet, find_set_in_force
from open311.queries.routing.carrying import RulePlan, plan_rules
from open311.queries.routing.decide import read_guide
from open311.queries.routing.reroute import Rerouted, Rerouting, reroute


@dataclass(frozen=True, kw_only=True)
class Moves:
    """The routing of the service requests in scope before and after a change.

    before is the routing by what is current, which may differ from the present department.
    """

    before: Rerouting
    after: Rerouting

    @property
    def moved(self) -> list[Rerouted]:
        """Service requests that change department because of the change, and not without it."""
        same = {one.pk for one in self.before.moves}
        return [one for one in self.after.moves if one.pk not in same]

    @property
    def load(self) -> dict[int, tuple[int, int]]:
        """Number of service requests by department id: before and after the change."""
        before, after = self.before.departments, self.after.departments
        return {id_: (before[id_], after[id_]) for id_ in sorted({*before, *after})}


@dataclass(frozen=True, kw_only=True)
class Preview(Moves):
    """The changes of a layer, and the routing of the service requests in scope.

    after is the routing with the set in the place of the current one, and with the rules that plan
    would begin and end with it. changes has no codes that continue others; those are in the plan.
    """

    changes: Sequence[Notice]
    plan: RulePlan


def preview(
    jurisdiction: Scope,
    stored: StoredSet,
    now: Maps,
    scope: ColumnElement[bool],
    begins: date | None = None,
) -> Preview:
    """Compare a set, as if it were current on the day, with the current one then.

    Rules continue with the codes that change, as they do when it is published with its rules. It
    begins on that day, or on an earlier one.
    """
    present = find_set_in_force(stored.layer_id, now.on)
    old = [] if present is None else list_boundaries(present.id)
    planned = Maps(now.on, instead={stored.layer_id: stored.id})
    plan = plan_rules(jurisdiction.jurisdiction_id, stored, begins or now.on)
    guide = read_guide(jurisdiction)
    changes = compare_boundaries(old, list_boundaries(stored.id))
    return Preview(
        plan=plan,
        changes=without_continued(changes, plan.successions),
        before=reroute(jurisdiction, now, scope, guide),
        after=reroute(jurisdiction, planned, scope, plan.applied_to(guide)),
    )


_KEPT = 8


@dataclass(frozen=True)
class Review:
    """The boundaries of a set and of the set it is compared with, lint warnings, and changes.

    doubts is what an examination of the whole map found.
    """

    boundaries: Sequence[CleanBoundary]
    former: Sequence[CleanBoundary]
    findings: Sequence[Finding]
    changes: Sequence[Change]
    doubts: Sequence[Notice]


def review(jurisdiction_id: str, stored: StoredSet, former: StoredSet | None) -> Review:
    """Return the review of a set, compared with another set if there is one.

    A review of a large set takes seconds. Sets never change, so the last reviews are cached.
    """
    area, _source = find_service_area(jurisdiction_id)
    return _review(stored, former, area)


def _key(stored: StoredSet, former: StoredSet | None, area: MultiPolygon | None) -> object:
    """Return a cache key; the time of import tells sets of different databases apart."""
    sets = tuple(None if one is None else (one.id, one.imported_at) for one in (stored, former))
    return sets, stored.overlapping, None if area is None else shapely.to_wkb(area)


@cached(LRUCache(_KEPT), key=_key, lock=Lock())
def _review(stored: StoredSet, former: StoredSet | None, area: MultiPolygon | None) -> Review:
    boundaries = list_boundaries(stored.id)
    others = [] if former is None else list_boundaries(former.id)
    changes = [] if former is None else list_changes(others, boundaries)
    return Review(
        boundaries=boundaries,
        former=others,
        findings=lint_boundaries(boundaries, area, overlapping=stored.overlapping),
        changes=changes,
        doubts=examine(boundaries, area, others),
    )
