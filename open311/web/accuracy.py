"""How far outside the service area a location may be."""

from flask import current_app


def tolerance_of(accuracy: float | None) -> float:
    """Return the meters less than which a location may be outside the service area.

    accuracy is that of the location in meters, if it is known.
    """
    config = current_app.config
    most: float = config["OPEN311_MAX_METERS_OUTSIDE"]
    return min(accuracy or config["OPEN311_LOCATION_ACCURACY"], most)
