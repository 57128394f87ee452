"""From what to what an entry of the history changed a request."""

from dataclasses import dataclass

from geo.coordinates import Point, meters_between
from geo.distances import distance
from open311.queries.city import City
from open311.queries.requests.timeline import Happening
from open311.web.languages import language
from open311.web.languages import say as _

_DECIMALS = 5
"""Decimals of degrees: about a meter."""


@dataclass(frozen=True)
class ChangeWords:
    """Words for changes of requests of a city; distances are in units."""

    city: City
    units: str

    def of(self, happening: Happening) -> str:
        """Return the former and the new service or location; empty for other entries."""
        if happening.services is not None:
            former, new = map(self._service, happening.services)
            return f"{former} → {new}"
        if happening.places is not None:
            former, new = map(_place, happening.places)
            meters = meters_between(*happening.places)
            apart = distance(meters, self.units, language())
            return _("%(old)s → %(new)s (%(distance)s)", old=former, new=new, distance=apart)
        return ""

    def _service(self, code: str) -> str:
        names = (one.service_name for one in self.city.service_names if one.service_code == code)
        return next(names, code)


def _place(point: Point) -> str:
    return f"{point.lat:.{_DECIMALS}f}, {point.long:.{_DECIMALS}f}"
