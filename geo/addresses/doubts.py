"""What is in doubt about the place of a report: decided from facts, for staff and who reported."""

from dataclasses import dataclass

from geo.addresses.words import AddressPoint, Meant
from geo.coordinates import Point, metres_between


@dataclass(frozen=True)
class OutsideFacts:
    """What is known of a place outside: whether others made of it lie inside, and how far it is.

    exchanged is the place with lat and long exchanged, mirrored the one with the sign of long
    changed, upside_down with that of lat; metres is the distance to the area.
    """

    exchanged: bool
    mirrored: bool
    upside_down: bool
    metres: float


def likely_mistake(point: Point, facts: OutsideFacts) -> str | None:
    """Return a sentence on what is likely wrong with the location; None if nothing is."""
    if point.lat == 0 and point.long == 0:
        return "lat and long are both 0. Devices send 0 when they do not know the location."
    if facts.exchanged:
        return "lat and long appear to be swapped."
    if facts.mirrored:
        return "long appears to have the wrong sign."
    if facts.upside_down:
        return "lat appears to have the wrong sign."
    return None


def distance(metres: float) -> str:
    """Return a distance such as 139 km or 20 m, at least 1 m."""
    return f"{max(metres, 1):.0f} m" if metres < 1000 else f"{metres / 1000:,.0f} km"


def places_like(point: Point) -> tuple[Point, Point, Point]:
    """Give the place exchanged, mirrored and upside down, for asking which of them lie inside.

    A longitude that can be no latitude leaves the place as it is.
    """
    can_be_lat = abs(point.long) <= 90
    exchanged = Point(lat=point.long, long=point.lat) if can_be_lat else point
    mirrored = Point(lat=point.lat, long=-point.long)
    return exchanged, mirrored, Point(lat=-point.lat, long=point.long)


FAR_OUTSIDE = 10_000
"""Metres beyond which a place outside is hardly meant, even in a city that takes such reports."""

MOST_NAMED = 3
"""Addresses that a sentence names."""


@dataclass(frozen=True)
class Doubt:
    """Why someone should look at a report. reason is one of those of triage.

    detail is for staff, notice for who reported.
    """

    reason: str
    detail: str
    notice: str


def no_place(why: str) -> Doubt:
    """Doubt where a report is that has an address alone; why says what was tried."""
    return Doubt(
        "no_place",
        why,
        "The address could not be found on the map. Your report is kept, and staff will look for "
        "the place.",
    )


def why_not_found(meant: Meant) -> str:
    """Say why an address is not known to the register."""
    if not meant.is_ambiguous:
        return "no such address in the register"
    named = "; ".join(one.address for one in meant.candidates[:MOST_NAMED])
    others = len(meant.candidates) - MOST_NAMED
    more = f"; and {others} more" if others > 0 else ""
    return f"several addresses may be meant: {named}{more}"


def mismatch(point: Point, meant: Meant, tolerance: float) -> Doubt | None:
    """Doubt a place that lies more than some metres from all that its address may mean."""
    if not meant.candidates:
        return None
    nearest = min(meant.candidates, key=lambda one: metres_between(point, one.point))
    metres = metres_between(point, nearest.point)
    return _apart(nearest, metres) if metres > tolerance else None


def _apart(address: AddressPoint, metres: float) -> Doubt:
    far = in_words(metres)
    return Doubt(
        "address_mismatch",
        f"{address.address} lies {far} from the place on the map",
        f"The address is {far} from the location on the map. We saved your request for that "
        "location, and staff will check which one is correct.",
    )


def odd_place(point: Point, facts: OutsideFacts) -> Doubt | None:
    """Doubt a place outside that looks like a mistake, in a city that takes reports from there."""
    like_another = facts.exchanged or facts.mirrored or facts.upside_down
    nowhere = point.lat == 0 and point.long == 0
    if not (like_another or nowhere or facts.metres > FAR_OUTSIDE):
        return None
    sentence = likely_mistake(point, facts) or f"It is {distance(facts.metres)} outside."
    return Doubt(
        "odd_place",
        sentence,
        f"The location is outside the city. {sentence} We saved your request, and staff will "
        "review it.",
    )


def in_words(metres: float) -> str:
    """Give a distance as people say it: 340 m, 1.2 km, 55 km."""
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 10_000 else f"{metres / 1000:,.0f} km"
