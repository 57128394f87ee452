"""The reasons for which a service request waits for someone to look at it."""

TRIAGE_REASONS = (
    "near_border",
    "no_place",
    "address_mismatch",
    "odd_place",
    "handed_over_often",
)
