"""A free street map for the demonstration, if it can be reached."""

import urllib.request
from collections.abc import Mapping

STYLE = "https://tiles.openfreemap.org/styles/liberty"
"""OpenFreeMap serves OpenStreetMap data as a MapLibre style, without a key. https://openfreemap.org"""

SECONDS = 2
HINT = (
    "Maps show boundaries only, because the free base map cannot be reached from here. "
    "Set OPEN311_BASE_MAP to the address of a MapLibre style or to a PMTiles file to add streets."
)


def base_map_for(environment: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the setting for the base map, or a hint if it cannot be reached.

    If OPEN311_BASE_MAP is set, even to an empty value, nothing is added or contacted.
    """
    if "OPEN311_BASE_MAP" in environment:
        return {}, ""
    return ({"OPEN311_BASE_MAP": STYLE}, "") if _answers(STYLE) else ({}, HINT)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False
