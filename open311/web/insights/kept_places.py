"""Places of a city: found last night for all requests, and at once for a filter.

A document has these keys. Cells are squares in units of 500 m of the city's projection.

    hot       [{service_code, cells, outline}]: cells are [x, y, past, observed, expected, p], and
              an outline is a ring of [lat, long]
    repeated  [{service_code, visits, requests, box, pk, day}]: box is west, south, east, and north
              in meters of the projection; pk and day are those of the newest request
    squares   [{service_code, x, y, requests, places, visits}]: repeated places by cell. Cells in
              which fewer than OTHERS requests are elsewhere are left out: they would show a home
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from open311.figures.hot_cells import CELL, HotCell
from open311.figures.repeated_places import repeated_places
from open311.queries.city import City
from open311.queries.insights.cells import count_cells
from open311.queries.insights.kept_places import StoredPlaces, find_kept_places
from open311.queries.insights.population import Population, find_population
from open311.queries.insights.repeated import list_chains
from open311.queries.search.visibility import Audience
from open311.web.insights.asked import WEEK, first_moment, this_week
from open311.web.insights.hot_places import HotGroup, find_hot_groups, projection_of
from open311.web.insights.view import View

YEAR = 365
"""Days of which requests count for repeated places."""

OTHERS = 5
"""Requests of a service elsewhere in a square that the public sees."""

MOST_KEPT = 1_000
"""Repeated places of a city that are kept, those with the most visits."""

KEPT = timedelta(days=2)
"""How long places are shown that no newer ones have replaced."""


@dataclass(frozen=True)
class FoundPlace:
    """A repeated place, with its newest request; box is west, south, east, and north in meters."""

    service_code: str
    visits: int
    requests: int
    box: tuple[float, float, float, float]
    pk: int
    day: date

    @property
    def cell(self) -> tuple[int, int]:
        """The square that its middle is in."""
        west, south, east, north = self.box
        return int((west + east) / 2 // CELL), int((south + north) / 2 // CELL)


@dataclass(frozen=True)
class Square:
    """Repeated places of a service in a cell, and all requests for it there in a year."""

    service_code: str
    x: int
    y: int
    requests: int
    places: int
    visits: int


def make_places(city: City, now: datetime) -> tuple[date, Mapping[bool, Mapping[str, Any]]]:
    """Find the places of a city, and return the week and the documents of the public and staff."""
    week = this_week(city) - WEEK
    documents = {}
    for public, audience in ((True, Audience.PUBLIC), (False, Audience.STAFF)):
        population = find_population(city.scope, audience, now)
        repeated = find_repeated(city, population)
        squares = find_squares(city, population, repeated) if public else []
        documents[public] = {
            "hot": [_of_group(one) for one in find_hot_groups(city, population, week)],
            "repeated": [{**asdict(one), "day": f"{one.day:%F}"} for one in repeated[:MOST_KEPT]],
            "squares": [asdict(one) for one in squares],
        }
    return week, documents


def _of_group(one: HotGroup) -> Mapping[str, Any]:
    cells = [[*cell.cell, cell.past, cell.observed, cell.expected, cell.p] for cell in one.cells]
    return {"service_code": one.service_code, "cells": cells, "outline": one.outline}


def find_repeated(city: City, population: Population) -> list[FoundPlace]:
    """Find the repeated places of the past YEAR, those with the most visits first."""
    srid = projection_of(city)
    if srid is None:  # neither an area nor maps tell where the city is
        return []
    begin, end = _year(city)
    found = [
        FoundPlace(
            code, place.visits, len(place.spots), place.box, place.newest.pk, place.newest.day
        )
        for code, chain in list_chains(population, begin, min(end, population.as_of), srid)
        for place in repeated_places(chain)
    ]
    return sorted(found, key=lambda one: (-one.visits, -one.requests, one.pk))


def first_day(city: City) -> date:
    """Return the first day of the year of which requests count."""
    return city.scope.today() - timedelta(days=YEAR)


def _year(city: City) -> tuple[datetime, datetime]:
    tomorrow = city.scope.today() + timedelta(days=1)
    return first_moment(first_day(city), city), first_moment(tomorrow, city)


def find_squares(city: City, population: Population, places: Sequence[FoundPlace]) -> list[Square]:
    """Add up repeated places by cell, for the public, which may see no home."""
    srid = projection_of(city)
    if srid is None or not places:
        return []
    counts = count_cells(population, _year(city), (), srid)
    by_cell: dict[tuple[str, tuple[int, int]], list[FoundPlace]] = defaultdict(list)
    for one in places:
        by_cell[one.service_code, one.cell].append(one)
    squares = [
        Square(
            code,
            *cell,
            counts[code].observed.get(cell, 0),
            len(found),
            sum(one.visits for one in found),
        )
        for (code, cell), found in by_cell.items()
        if _is_no_home(counts[code].observed.get(cell, 0), found)
    ]
    return sorted(squares, key=lambda one: (-one.visits, one.service_code, one.x, one.y))


def _is_no_home(requests: int, places: Sequence[FoundPlace]) -> bool:
    """Return whether enough requests are at other places than each of the repeated ones."""
    return requests - max(one.requests for one in places) >= OTHERS


def hot_groups_of(view: View, week: date) -> list[HotGroup]:
    """Return the places with more than normal in a week, for the filters of a page."""
    kept = _kept(view)
    if kept is None or kept.week != week:
        return find_hot_groups(view.city, view.population, week)
    return [
        HotGroup(
            one["service_code"],
            [
                HotCell((x, y), past, observed, expected, p, is_hot=True)
                for x, y, past, observed, expected, p in one["cells"]
            ],
            [(lat, long) for lat, long in one["outline"]],
        )
        for one in kept.document["hot"]
    ]


def repeated_of(view: View) -> list[FoundPlace]:
    """Return the repeated places for the filters of a page."""
    kept = _kept(view)
    if kept is None:
        return find_repeated(view.city, view.population)
    return list(_repeated(kept.document["repeated"]))


def _repeated(documents: Sequence[Mapping[str, Any]]) -> Iterator[FoundPlace]:
    for one in documents:
        west, south, east, north = one["box"]
        day = date.fromisoformat(one["day"])
        yield FoundPlace(**{**one, "box": (west, south, east, north), "day": day})


def squares_of(view: View) -> list[Square]:
    """Return the squares that the public sees; none before the first night."""
    kept = _kept(view)
    return [] if kept is None else [Square(**one) for one in kept.document["squares"]]


def _kept(view: View) -> StoredPlaces | None:
    """Return the places of last night, if they are those of the page."""
    if view.population.is_filtered or not view.population.is_current:
        return None
    public = view.audience is not Audience.STAFF
    kept = find_kept_places(view.city.scope, public=public)
    return kept if kept is not None and kept.made_at > datetime.now(UTC) - KEPT else None
