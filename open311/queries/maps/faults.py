"""Overlaps, gaps, and slivers of a boundary set that take an exception."""

from geo.maps.examination import examine
from geo.maps.faults import list_faults
from geo.maps.lint import lint_between
from open311.messages.problem import Problem
from open311.queries.maps.layers import find_service_area, list_boundaries
from open311.queries.maps.sets import StoredSet
from open311.queries.routing.objections import Objection


def list_fault_objections(
    jurisdiction_id: str, stored: StoredSet, former: StoredSet | None
) -> list[Objection]:
    """List large faults of a stored set that the one that it replaces does not have.

    A doubtful set has none: the reason to publish it counts for them, too. Nor has one of a layer
    that overlaps on purpose.
    """
    area, _source = find_service_area(jurisdiction_id)
    boundaries = list_boundaries(stored.id)
    old = [] if former is None else list_boundaries(former.id)
    if examine(boundaries, area, old):
        return []
    overlaps = stored.overlapping
    before = lint_between(old, area, overlapping=overlaps)
    found = lint_between(boundaries, area, overlapping=overlaps)
    faults = list_faults(boundaries, area, found, before)
    return [Objection(name, Problem.of(notice)) for name, notice in faults]
