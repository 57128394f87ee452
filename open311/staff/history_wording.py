"""From what to what an entry of the history changed a request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo.coordinates import Point, meters_between
from geo.distances import distance
from open311.queries.catalog.services import ServiceInfo
from open311.queries.city import City
from open311.queries.requests.answers import in_words
from open311.queries.requests.happening import Happening
from open311.staff.wording import detail_name
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
        """Return what an entry changed, from what to what; empty if only its kind is known."""
        return "; ".join(self._parts(happening))

    def _parts(self, happening: Happening) -> Iterator[str]:
        if happening.services is not None:
            former, new = map(self._service, happening.services)
            yield f"{former} → {new}"
        if happening.places is not None:
            former, new = map(_place, happening.places)
            meters = meters_between(*happening.places)
            apart = distance(meters, self.units, language())
            yield _("%(old)s → %(new)s (%(distance)s)", old=former, new=new, distance=apart)
        if happening.addresses is not None:
            former, new = (one or _("no address") for one in happening.addresses)
            yield f"{former} → {new}"
        yield from _detail(happening)

    def answers_of(self, happening: Happening) -> list[tuple[str, str, str]]:
        """List (question, former answer, new answer) of answers that an entry dropped or changed.

        The new one is empty for a dropped answer. Questions of services that are no longer active
        are shown by their codes.
        """
        if happening.answers is None or happening.services is None:
            return []
        questions = [
            one
            for code in reversed(happening.services)  # words of the former service come last
            for one in _attributes(self.city.services.get(code))
        ]
        former, new = (
            {code: in_words(questions, {code: answer})[0] for code, answer in answers.items()}
            for answers in happening.answers
        )
        return [
            (question, answer, new[code][1] if code in new else "")
            for code, (question, answer) in former.items()
            if code not in new or new[code][1] != answer
        ]

    def _service(self, code: str) -> str:
        names = (one.service_name for one in self.city.service_names if one.service_code == code)
        return next(names, code)


def _detail(happening: Happening) -> Iterator[str]:
    kind, former, what = happening.kind, happening.former, happening.what
    if what and former and " → " in what:
        yield what
        yield _("no longer assigned to %(name)s", name=former)
    elif what or former:
        yield " → ".join(detail_name(kind, one) for one in (former, what) if one)


def _attributes(service: ServiceInfo | None) -> list[Mapping[str, Any]]:
    return [] if service is None else list(service.attributes)


def _place(point: Point) -> str:
    return f"{point.lat:.{_DECIMALS}f}, {point.long:.{_DECIMALS}f}"
