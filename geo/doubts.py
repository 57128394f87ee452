"""What is in doubt about the place of a report: decided from facts, for staff and who reported."""

from dataclasses import dataclass

from geo.addresses import AddressPoint, Meant
from geo.coordinates import Point, metres_between
from geo.odd_places import OutsideFacts, likely_mistake

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
        f"The address lies {far} from the place on the map. Your report is kept at that place, "
        "and staff will look which of them is meant.",
    )


def odd_place(point: Point, facts: OutsideFacts) -> Doubt | None:
    """Doubt a place outside that looks like a mistake, in a city that takes reports from there."""
    like_another = facts.exchanged or facts.mirrored or facts.upside_down
    nowhere = point.lat == 0 and point.long == 0
    if not (like_another or nowhere or facts.metres > FAR_OUTSIDE):
        return None
    sentence = likely_mistake(point, facts)
    return Doubt(
        "odd_place",
        sentence,
        f"The place lies outside the city. {sentence} Your report is kept, and staff will look "
        "at it.",
    )


def in_words(metres: float) -> str:
    """Give a distance as people say it: 340 m, 1.2 km, 55 km."""
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 10_000 else f"{metres / 1000:,.0f} km"
