"""Doubts about a whole map, such as one of another city, and the reason to publish it."""

from collections.abc import Sequence

from geo.maps.examination import examine
from open311.errors import Conflict, Doubted
from open311.messages.maps import REASON_NEEDED, REASON_NOT_NEEDED
from open311.messages.problem import Problem
from open311.queries.maps.layers import find_service_area, list_boundaries
from open311.queries.maps.sets import StoredSet


def list_doubts(jurisdiction_id: str, stored: StoredSet, former: StoredSet | None) -> list[Problem]:
    """List what is doubtful about a stored set that replaces another one, if there is one."""
    area, _source = find_service_area(jurisdiction_id)
    before = [] if former is None else list_boundaries(former.id)
    return [Problem.of(one) for one in examine(list_boundaries(stored.id), area, before)]


def check_reason(doubts: Sequence[Problem], despite: str) -> None:
    """Raise Doubted if there are doubts without a reason, and Conflict for an idle reason."""
    if doubts and not despite:
        raise Doubted.of([*doubts, Problem(REASON_NEEDED, field="despite")])
    if despite and not doubts:
        raise Conflict(REASON_NOT_NEEDED, field="despite")
