"""Doubts about the location of a service request, for staff and for the requester."""

from dataclasses import dataclass

from geo.addresses.words import AddressPoint, Meant
from geo.coordinates import Point, meters_between
from geo.distances import distance


@dataclass(frozen=True)
class OutsideFacts:
    """Facts about a point outside the service area: variants inside it, and the distance to it.

    exchanged: the point with lat and long exchanged is inside. mirrored: the point with the
    opposite sign of long is inside. upside_down: the same with lat. The distance to the area is in
    meters.
    """

    exchanged: bool
    mirrored: bool
    upside_down: bool
    meters: float

    def outside_by(self, units: str) -> str:
        """Return the distance to the area in words, at least 1 m."""
        return distance(max(self.meters, 1), units)


def likely_mistake(point: Point, facts: OutsideFacts) -> str | None:
    """Return a sentence about the likely mistake in a location; None if there is none."""
    if point.lat == 0 and point.long == 0:
        return "lat and long are both 0. Devices send 0 when they do not know the location."
    if facts.exchanged:
        return "lat and long appear to be swapped."
    if facts.mirrored:
        return "long appears to have the wrong sign."
    if facts.upside_down:
        return "lat appears to have the wrong sign."
    return None


def places_like(point: Point) -> tuple[Point, Point, Point]:
    """Return the point exchanged, mirrored, and upside down, to test which are inside.

    If the longitude is not a valid latitude, the exchanged point is the point itself.
    """
    can_be_lat = abs(point.long) <= 90
    exchanged = Point(lat=point.long, long=point.lat) if can_be_lat else point
    mirrored = Point(lat=point.lat, long=-point.long)
    return exchanged, mirrored, Point(lat=-point.lat, long=point.long)


FAR_OUTSIDE = 10_000
"""Meters from the service area beyond which a location is likely wrong in any city."""

MOST_NAMED = 3
"""Number of addresses that a sentence lists."""


@dataclass(frozen=True)
class Doubt:
    """A cause for review of a service request. reason is one of the triage reasons.

    detail is for staff, notice for the requester.
    """

    reason: str
    detail: str
    notice: str


def no_place(why: str) -> Doubt:
    """Return the doubt for a request that has only an address; why is the result of the search."""
    return Doubt(
        "no_place",
        why,
        "We could not find this address on the map. We saved your request, and staff will find "
        "the location.",
    )


def why_not_found(meant: Meant) -> str:
    """Return a sentence about why the register has no match for an address."""
    if not meant.is_ambiguous:
        return "no such address in the register"
    named = "; ".join(one.address for one in meant.candidates[:MOST_NAMED])
    others = len(meant.candidates) - MOST_NAMED
    more = f"; and {others} more" if others > 0 else ""
    return f"several addresses match: {named}{more}"


def mismatch(point: Point, meant: Meant, tolerance: float, units: str) -> Doubt | None:
    """Return a doubt if a point is too far, in meters, from every match of its address.

    units are those of the distance in its sentences.
    """
    if not meant.candidates:
        return None
    nearest = min(meant.candidates, key=lambda one: meters_between(point, one.point))
    meters = meters_between(point, nearest.point)
    return _apart(nearest, distance(meters, units)) if meters > tolerance else None


def _apart(address: AddressPoint, far: str) -> Doubt:
    return Doubt(
        "address_mismatch",
        f"{address.address} is {far} from the location on the map",
        f"The address is {far} from the location on the map. We saved your request for that "
        "location, and staff will check which one is correct.",
    )


def odd_place(point: Point, facts: OutsideFacts, units: str) -> Doubt | None:
    """Return a doubt if a point outside, in a city that accepts these, looks like a mistake.

    units are those of the distance in its sentences.
    """
    like_another = facts.exchanged or facts.mirrored or facts.upside_down
    nowhere = point.lat == 0 and point.long == 0
    if not (like_another or nowhere or facts.meters > FAR_OUTSIDE):
        return None
    sentence = likely_mistake(point, facts) or f"It is {facts.outside_by(units)} outside."
    return Doubt(
        "odd_place",
        sentence,
        f"The location is outside the city. {sentence} We saved your request, and staff will "
        "review it.",
    )
