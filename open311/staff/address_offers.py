"""The address nearest to a place where someone wants to move a request."""

from typing import Any

from geo.coordinates import Point
from open311.errors import InvalidParameters
from open311.queries.addresses import nearest_addresses
from open311.queries.jurisdictions import Scope
from open311.web.parameters import parse
from schemas.base import Values
from schemas.requests.staff_work import MoveSchema

NEAR_METERS = 150
"""Meters within which an address is that of a place."""


def offered_address(jurisdiction: Scope, values: Values) -> dict[str, Any] | None:
    """Return the address nearest to the place of a form; None if there is none near it."""
    if not jurisdiction.has_addresses:
        return None
    try:
        sent = parse(MoveSchema(), values)
    except InvalidParameters:
        return None
    place = Point(lat=sent["lat"], long=sent["long"])
    nearest = nearest_addresses(jurisdiction.jurisdiction_id, place, 1)
    return next((one for one in nearest if one["meters"] <= NEAR_METERS), None)
