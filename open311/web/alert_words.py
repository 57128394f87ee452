"""An alert in words, and the public list of the requests that it is about."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from geo.distances import distance
from geo.search.drawn_areas import corners_of
from open311.queries.city import City
from open311.queries.residents.alerts import AlertInfo
from open311.web.catalog_words import CatalogWords
from open311.web.languages import read_messages
from open311.web.place_names import PlaceNames, circle_name
from schemas.search.fields import MOST_PLACES
from schemas.vocabulary.alerts import ALERT_SUBJECTS, BOUNDARY, CIRCLE, CITY, CLOSED
from schemas.vocabulary.marking import N_

_DRAWN = N_("An area drawn on the map")


class AlertWords:
    """An alert in the words of a language."""

    def __init__(self, city: City, language: str, alert: AlertInfo) -> None:
        self._city, self._language, self._alert = city, language, alert

    def say(self, message: str) -> str:
        return str(read_messages(self._language).gettext(message))

    @property
    def about(self) -> str:
        """What happens to the requests: New requests."""
        return self.say(ALERT_SUBJECTS[self._alert.about])

    @property
    def where(self) -> str:
        """Where they are: Ward 2, or the name of the city for all of it."""
        alert = self._alert
        if alert.place == CITY:
            return self._city.scope.name
        if alert.place == BOUNDARY:
            return PlaceNames(self._city).boundary(alert.boundary_layer, alert.boundary_code)
        if alert.place == CIRCLE:
            far = distance(alert.meters or 0, self._city.scope.units, self._language)
            return circle_name(far, alert.address, self._language)
        return self.say(_DRAWN)

    @property
    def services(self) -> str:
        """The names of the services, or an empty text for all."""
        words = CatalogWords(self._city, self._language)
        return ", ".join(map(words.service_name_of, self._alert.services))

    def values(self) -> Mapping[str, str]:
        """Return all of it by name."""
        return {"about": self.about, "where": self.where, "services": self.services}


def list_path(alert: AlertInfo, language: str) -> str:
    """Return the path of the public list of the requests that an alert is about.

    A drawn area that is no simple polygon becomes the part of the map around it.
    """
    return f"/{language}/reports{_query(alert)}"


def _query(alert: AlertInfo) -> str:
    pairs: list[tuple[str, Any]] = [("service_code", code) for code in alert.services]
    pairs += _place(alert)
    if alert.about == CLOSED:
        pairs.append(("status", CLOSED))
    return f"?{urlencode(pairs)}" if pairs else ""


def _place(alert: AlertInfo) -> Sequence[tuple[str, Any]]:
    if alert.place == BOUNDARY:
        return [("boundary", f"{alert.boundary_layer}:{alert.boundary_code}")]
    if alert.center is not None:
        near = [("lat", f"{alert.center.lat:.6f}"), ("long", f"{alert.center.long:.6f}")]
        named = [("address", alert.address)] if alert.address else []
        return [*named, *near, ("radius", f"{alert.meters:.10g}")]
    if alert.area is None:
        return []
    corners = corners_of(alert.area)
    if 0 < len(corners) <= MOST_PLACES:
        return [("polygon", ";".join(f"{one.lat:.6f},{one.long:.6f}" for one in corners))]
    return [("bbox", ",".join(f"{side:.6f}" for side in alert.area.bounds))]
