"""Search parameters of the list, the map, and exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shapely.geometry.base import BaseGeometry

from geo.coordinates import Point
from geo.errors import InvalidFilter
from geo.search.drawn_areas import circle_of, polygon_of, strip_of
from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import FeatureSource, get_source
from open311.queries.people.users import UserInfo
from open311.queries.search.criteria import ALWAYS
from open311.queries.search.orders import ORDERS
from open311.queries.search.saved import get_area
from open311.staff.pages import city, city_snapshot, look_overdue, user
from open311.web.parameters import parse
from open311.web.staff_criteria import Asked, criteria_of
from schemas.base import Values
from schemas.search.staff_find import FindSchema

PAGE_SIZE = 50

DRAWN_HERE = ("polygon", "circle", "along")
"""Parameters that hold a shape drawn on the map."""


@dataclass(frozen=True)
class Search:
    """A parsed search: jurisdiction, parameters, source, and selection of features.

    drawn is the drawn or saved area, in degrees (WGS 84), longitude first; None if the search is
    limited to the extent of the map.
    """

    jurisdiction: Scope
    asked: Asked
    source: FeatureSource
    wanted: Wanted
    drawn: BaseGeometry | None


def read_search(values: Values, names: Sequence[str] | None = None) -> Search:
    """Return the parsed search; raises InvalidParameters, InvalidFilter, and NotFound.

    names are the properties to return; None for all.
    """
    jurisdiction, reader, layers = city(), user(), city_snapshot().layers
    asked = parse(FindSchema(jurisdiction.zone), values)
    drawn = drawn_area(asked, reader)
    after = asked["after"]
    wanted = Wanted(
        criteria=criteria_of(asked, drawn, reader.name, jurisdiction, look_overdue),
        names=names,
        limit=PAGE_SIZE,
        after=None if after is None else (after.key, after.pk),
    )
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True, layers=layers)
    source = replace(source, order=ORDERS[asked["sort"]])
    return Search(jurisdiction, asked, source, wanted, drawn)


@dataclass(frozen=True)
class FormSearch:
    """The search by all filters that can be used; the problems of the others, and their values."""

    search: Search
    problems: Sequence[Problem]
    wrong: Mapping[str, Sequence[str]]


def read_form_search(values: Values, names: Sequence[str] | None = None) -> FormSearch:
    """Return the parsed search without wrong filters; names are the properties to return."""
    problems: list[Problem] = []
    wrong: dict[str, Sequence[str]] = {}
    while True:
        left = {name: sent for name, sent in values.items() if name not in wrong}
        try:
            return FormSearch(read_search(left, names), problems, wrong)
        except (Open311Error, InvalidFilter) as error:
            found = problems_of(error)
            fields = {name for one in found for name in (one.field, *one.values.get("names", ()))}
            if not fields & left.keys():
                raise
            problems += found
            wrong |= {name: left[name] for name in fields if name in left}


def problems_of(error: Open311Error | InvalidFilter) -> Sequence[Problem]:
    """Return what is wrong with a search."""
    return error.problems if isinstance(error, Open311Error) else [Problem.of(error)]


def drawn_area(asked: Asked, reader: UserInfo) -> BaseGeometry | None:
    """Return the drawn or saved area; None for none. Raises InvalidFilter and NotFound."""
    drawn = shape_of(asked)
    return drawn if drawn is not None or asked["area"] is None else get_area(reader, asked["area"])


def shape_of(asked: Asked) -> BaseGeometry | None:
    """Return the drawn area; None for none. Raises InvalidFilter."""
    if asked["polygon"] is not None:
        return polygon_of(_points(asked["polygon"]))
    if asked["circle"] is not None:
        lat, long, meters = asked["circle"]
        return circle_of(Point(lat=lat, long=long), meters)
    if asked["along"] is not None:
        return strip_of(_points(asked["along"]), asked["within"])
    return None


def _points(places: Sequence[tuple[float, float]]) -> list[Point]:
    return [Point(lat=lat, long=long) for lat, long in places]
