"""The units in which a city measures distances."""

UNITS = ("metric", "us")

METERS_PER_UNIT = {"metric": 1.0, "us": 0.3048}
"""Meters in the unit of a distance that a person types: a meter, or a foot."""
