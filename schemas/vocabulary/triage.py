"""Reasons why a service request needs review."""

from schemas.vocabulary.statuses import CLOSED, OPEN

TRIAGE_REASONS = (
    "near_border",
    "in_overlap",
    "near_outside",
    "no_place",
    "address_mismatch",
    "odd_place",
    "handed_over_often",
    "answered",
    "said_fixed",
    "said_open",
    "reopened_often",
    "flagged",
    "not_forwarded",
    "foreign_status",
    "replied",
)

OF_CLOSED_REQUESTS = ("said_open", "reopened_often", "flagged", "replied")
"""Reasons that apply to closed requests. The others apply to open ones only."""

ENDED_BY = {CLOSED: ("answered", "said_fixed"), OPEN: ("said_open", "reopened_often")}
"""Reasons that a change of status to open or closed resolves."""
