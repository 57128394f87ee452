"""Reasons why a service request is in the triage queue."""

TRIAGE_REASONS = (
    "near_border",
    "no_place",
    "address_mismatch",
    "odd_place",
    "handed_over_often",
)
