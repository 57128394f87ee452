"""The reason to publish a doubtful map, such as one of another city."""

from collections.abc import Sequence

from open311.errors import Conflict, Doubted
from open311.messages.maps import REASON_NEEDED, REASON_NOT_NEEDED
from open311.messages.problem import Problem


def check_reason(doubts: Sequence[Problem], despite: str) -> None:
    """Raise Doubted if there are doubts without a reason, and Conflict for an idle reason."""
    if doubts and not despite:
        raise Doubted.of([*doubts, Problem(REASON_NEEDED, field="despite")])
    if despite and not doubts:
        raise Conflict(REASON_NOT_NEEDED, field="despite")
