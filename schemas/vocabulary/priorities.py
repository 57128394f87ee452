"""Priorities of service requests, which only staff can see."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_

URGENT, HIGH, NORMAL, LOW = "urgent", "high", "normal", "low"

PRIORITIES = (URGENT, HIGH, NORMAL, LOW)
"""All priorities, the most pressing first."""

RANK_OF: Mapping[str, int] = {code: rank for rank, code in enumerate(PRIORITIES, start=1)}
"""The number by which each is stored and sorted."""

PRIORITY_OF: Mapping[int, str] = {rank: code for code, rank in RANK_OF.items()}

USUAL_RANK = RANK_OF[NORMAL]

PRIORITY_NAMES: Mapping[str, str] = {
    URGENT: N_("urgent"),
    HIGH: N_("high"),
    NORMAL: N_("normal"),
    LOW: N_("low"),
}
