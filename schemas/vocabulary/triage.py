"""Reasons why a service request needs review."""

TRIAGE_REASONS = (
    "near_border",
    "no_place",
    "address_mismatch",
    "odd_place",
    "handed_over_often",
)
