"""Distances and areas in the units of a city and in the language of the reader."""

from dataclasses import dataclass

from babel.units import format_unit

FOOT = 0.3048  # meters (international foot)
MILE = 5280 * FOOT
ACRE = 43_560 * FOOT**2

_SHORTEST_IN_MILES = 1000  # feet, just under 0.2 miles
_SMALLEST_IN_ACRES = 0.1


def distance(meters: float, units: str = "metric", language: str = "en") -> str:
    """Return a distance in words: 340 m or 1.2 km; in units us, 330 ft or 1.2 mi.

    units is metric or us.
    """
    if units == "us":
        feet = round(meters / FOOT)
        if feet < _SHORTEST_IN_MILES:
            return _write(feet, "length-foot", language)
        return _write(_shortened(meters / MILE), "length-mile", language)
    if round(meters) < 1000:
        return _write(round(meters), "length-meter", language)
    return _write(_shortened(meters / 1000), "length-kilometer", language)


@dataclass(frozen=True)
class Area:
    """An area in square meters, as a value of a message."""

    square_meters: float


def area(square_meters: float, units: str = "metric", language: str = "en") -> str:
    """Return an area in words: 340 m² or 1.2 km²; in units us, 340 sq ft or 1.2 ac.

    units is metric or us.
    """
    if units == "us":
        acres = square_meters / ACRE
        if abs(acres) < _SMALLEST_IN_ACRES:
            return _write(round(square_meters / FOOT**2), "area-square-foot", language)
        return _write(_shortened(acres), "area-acre", language)
    if abs(round(square_meters)) < 1_000_000:
        return _write(round(square_meters), "area-square-meter", language)
    return _write(_shortened(square_meters / 1_000_000), "area-square-kilometer", language)


def _shortened(number: float) -> float:
    """Round to one decimal below 10, and to a whole number above."""
    return round(number, 1) if abs(number) < 9.95 else round(number)


def _write(number: float, unit: str, language: str) -> str:
    return str(format_unit(number, unit, "short", format="#,##0.#", locale=language))
