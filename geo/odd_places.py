"""What is likely wrong with a place that lies outside a city's service area: decided from facts."""

from dataclasses import dataclass

from geo.coordinates import Point


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


def likely_mistake(point: Point, facts: OutsideFacts) -> str:
    """Say in a sentence what is likely wrong; at least how far outside the place lies."""
    if point.lat == 0 and point.long == 0:
        return "lat and long are both 0, which devices send when they know no place."
    if facts.exchanged:
        return "lat and long seem to be exchanged: the other way round the place lies inside."
    if facts.mirrored:
        return "long seems to have the wrong sign: with the other one the place lies inside."
    if facts.upside_down:
        return "lat seems to have the wrong sign: with the other one the place lies inside."
    if facts.metres < 1000:
        return f"It is {max(facts.metres, 1):.0f} m outside."
    return f"It is {facts.metres / 1000:,.0f} km outside."


def places_like(point: Point) -> tuple[Point, Point, Point]:
    """Give the place exchanged, mirrored and upside down, for asking which of them lie inside.

    A longitude that can be no latitude leaves the place as it is.
    """
    can_be_lat = abs(point.long) <= 90
    exchanged = Point(lat=point.long, long=point.lat) if can_be_lat else point
    mirrored = Point(lat=point.lat, long=-point.long)
    return exchanged, mirrored, Point(lat=-point.lat, long=point.long)
