"""Overlaps, gaps, and slivers of a boundary set that take an exception."""

from geo.maps.faults import list_faults
from open311.messages.problem import Problem
from open311.queries.maps.layers import find_service_area
from open311.queries.maps.preview import review
from open311.queries.maps.sets import StoredSet
from open311.queries.routing.objections import Objection


def list_fault_objections(
    jurisdiction_id: str, stored: StoredSet, former: StoredSet | None
) -> list[Objection]:
    """List large faults of a stored set that the one that it replaces does not have.

    A doubtful set has none: the reason to publish it counts for them, too.
    """
    area, _source = find_service_area(jurisdiction_id)
    seen = review(jurisdiction_id, stored, former)
    if seen.doubts:
        return []
    before = [] if former is None else review(jurisdiction_id, former, None).findings
    faults = list_faults(seen.boundaries, area, seen.findings, before)
    return [Objection(name, Problem.of(notice)) for name, notice in faults]
