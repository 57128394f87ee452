"""Links that open the map app of a device with the way to a place."""

import re

from flask import request

from geo.coordinates import Point

_APPLE = re.compile(r"iPhone|iPad|iPod|Macintosh")


def directions(point: Point | None) -> str:
    """Return the link for the device that asks; empty without a place.

    Nothing is sent before someone taps it. Android asks which app to open, and Apple's devices open
    Maps (ADR 57). Other computers get a route planner in the browser.
    """
    if point is None:
        return ""
    place = f"{point.lat:.6f},{point.long:.6f}"
    device = request.headers.get("User-Agent", "")
    if "Android" in device:
        return f"geo:{place}?q={place}"
    if _APPLE.search(device):
        return f"https://maps.apple.com/?daddr={place}"
    return f"https://www.openstreetmap.org/directions?to={place}"
