"""Places to which the city comes again and again, for staff: they have addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import shapely

from open311.figures.repeated_places import (
    APART,
    FEWEST_VISITS,
    REACH,
    RepeatedPlace,
    repeated_places,
)
from open311.queries.insights.repeated import list_addresses, list_chains
from open311.web.insights.asked import first_moment
from open311.web.insights.figure import Cell, Column, Figure, Row
from open311.web.insights.hot_places import projection_of, ring_around
from open311.web.insights.links import WORK
from open311.web.insights.view import View
from open311.web.insights.wording import count_words, week_words
from open311.web.languages import say as _

MOST = 20
"""Places of a page."""

YEAR = 365
"""Days of which requests count."""

EDGE = 2
"""Meters around the requests of a place, so that a list by its outline has them all."""


@dataclass(frozen=True)
class _Repeated:
    """Places of a city in the projection srid, each with its service, by their visits."""

    places: Sequence[tuple[Row, RepeatedPlace]]
    srid: int
    first: date

    def filters(self, service: Row, box: tuple[float, float, float, float]) -> Mapping[str, str]:
        """Return the filters of the requests of a service in a box, in meters."""
        ring = ";".join(
            f"{lat:.6f},{long:.6f}" for lat, long in ring_around(shapely.box(*box), self.srid)
        )
        return {**service.filters, "since": f"{self.first:%F}", "polygon": ring, **WORK}


def repeated_figure(view: View) -> Figure:
    """Return the places of the past year, those with the most visits first."""
    found = _find(view)
    shown = found.places[:MOST]
    addresses = list_addresses([place.newest.pk for _service, place in shown])
    columns = (
        Column(_("Service"), "service"),
        Column(_("Address"), "address"),
        Column(_("Visits"), "visits"),
        Column(_("Requests"), "requests"),
        Column(_("Last request"), "last"),
    )
    rows = [
        _row(service, place, addresses.get(place.newest.pk, ""), found, view)
        for service, place in shown
    ]
    return _figure(_finding(found.places), columns, rows, view)


def _find(view: View) -> _Repeated:
    """Find the places; none in a city that has neither an area nor maps."""
    srid, today = projection_of(view.city), view.city.scope.today()
    first = today - timedelta(days=YEAR)
    if srid is None:
        return _Repeated([], 0, first)
    begin, end = (first_moment(day, view.city) for day in (first, today + timedelta(days=1)))
    places = [
        (view.services[code], place)
        for code, chain in list_chains(view.population, begin, min(end, view.as_of), srid)
        if code in view.services
        for place in repeated_places(chain)
    ]
    places.sort(key=lambda one: (-one[1].visits, -len(one[1].spots), one[1].newest.pk))
    return _Repeated(places, srid, first)


def _figure(
    finding: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], view: View
) -> Figure:
    return Figure(
        "repeated-places",
        "repeated_places",
        _("Places with repeated requests, past 365 days"),
        finding,
        columns,
        rows,
        notes=[
            _(
                "At least %(visits)s visits for one service within %(meters)s m of each other. "
                "Requests less than %(days)s days after a visit began count as the same visit.",
                visits=FEWEST_VISITS,
                meters=REACH,
                days=APART,
            )
        ],
        csv_url=view.links.csv("repeated-places"),
    )


def _finding(places: Sequence[tuple[Row, RepeatedPlace]]) -> str:
    if not places:
        return _("The city was not called to the same place again and again.")
    service, most = places[0]
    return _(
        "Places found: %(number)s. The most visits to one of them: %(visits)s, for %(service)s.",
        number=count_words(len(places)),
        visits=count_words(most.visits),
        service=service.name,
    )


def _row(
    service: Row, place: RepeatedPlace, address: str, found: _Repeated, view: View
) -> Sequence[Cell]:
    west, south, east, north = place.box
    box = (west - EDGE, south - EDGE, east + EDGE, north + EDGE)
    url = view.links.requests(**found.filters(service, box))
    return (
        Cell(service.name, service.code),
        Cell(address or _("Show on the map"), address, url),
        Cell(count_words(place.visits), place.visits),
        Cell(count_words(len(place.spots)), len(place.spots), url),
        Cell(week_words(place.newest.day), f"{place.newest.day:%F}"),
    )
