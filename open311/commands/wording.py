"""Names that commands print for stored keys."""

from collections.abc import Mapping

STEP_NAMES: Mapping[str, str] = {
    "accepted": "acknowledged",
    "handed_over": "transferred",
    "moved": "moved",
    "service_changed": "service changed",
    "carried_over": "rerouted",
    "undone": "reroute undone",
    "pinned": "locked",
    "unpinned": "unlocked",
}
"""Names by the keys of ROUTING_STEPS."""
