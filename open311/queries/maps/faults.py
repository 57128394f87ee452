"""What speaks against a boundary set itself: doubts about the whole, and large faults in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.maps.examination import examine
from geo.maps.faults import list_faults
from geo.maps.lint import lint_between
from open311.messages.problem import Problem
from open311.queries.maps.layers import find_service_area, list_boundaries
from open311.queries.maps.sets import StoredSet
from open311.queries.routing.objections import Objection


@dataclass(frozen=True)
class Concerns:
    """Doubts about a whole set, and faults that the set that it replaces does not have.

    A doubtful set has no faults: the reason to publish it counts for them, too. Nor has one of a
    layer that overlaps on purpose.
    """

    doubts: Sequence[Problem]
    faults: Sequence[Objection]


def list_concerns(jurisdiction_id: str, stored: StoredSet, former: StoredSet | None) -> Concerns:
    """List what speaks against a stored set that replaces another one, if there is one.

    Large sets take seconds, so both kinds come from one look at the boundaries.
    """
    area, _source = find_service_area(jurisdiction_id)
    boundaries = list_boundaries(stored.id)
    old = [] if former is None else list_boundaries(former.id)
    doubts = [Problem.of(one) for one in examine(boundaries, area, old)]
    if doubts or stored.overlapping:
        return Concerns(doubts, [])
    findings = lint_between(boundaries, area)
    faults = list(list_faults(boundaries, area, findings, []))
    if faults and old:  # what the former set has is looked for only if it matters
        faults = list(list_faults(boundaries, area, findings, lint_between(old, area)))
    return Concerns([], [Objection(name, Problem.of(notice)) for name, notice in faults])
