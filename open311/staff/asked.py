"""Search parameters of the list, the map, and exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box, Point
from geo.errors import InvalidFilter
from geo.search.drawn_areas import circle_of, polygon_of, strip_of
from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import FeatureSource, get_source
from open311.queries.people.users import UserInfo
from open311.queries.search.criteria import ALWAYS, BoundaryCode, Circle, Criteria, Period
from open311.queries.search.orders import ORDERS
from open311.queries.search.saved import get_area
from open311.staff.pages import city, city_snapshot, look_overdue, user
from open311.web.parameters import parse
from schemas.base import Values
from schemas.search.staff_find import FindSchema

PAGE_SIZE = 50

DRAWN_HERE = ("polygon", "circle", "along")
"""Parameters that hold a shape drawn on the map."""

Asked = Mapping[str, Any]


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
        criteria=criteria_of(asked, drawn, reader.name, jurisdiction),
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


def criteria_of(
    asked: Asked, drawn: BaseGeometry | None, reader: str, jurisdiction: Scope
) -> Criteria:
    """Return the criteria of values loaded by FindSchema, for the user who reads.

    A circle is compared by distance; drawn is only its outline for the map.
    """
    box, circle = asked["bbox"], asked["circle"]
    flags: dict[str, Any] = {field: asked[name] or None for name, field in _FLAGS.items()}
    boundaries = [one.partition(":") for one in asked["boundary"]]
    return Criteria(
        ids=tuple(asked["service_request_id"]),
        text=asked["q"] or "",
        statuses=tuple(asked["status"]),
        detailed_statuses=tuple(asked["detailed_status"]),
        services=tuple(asked["service_code"]),
        groups=tuple(asked["group"]),
        departments=tuple(asked["agency_responsible"]),
        boundaries=tuple(BoundaryCode(layer, code) for layer, _colon, code in boundaries),
        box=None if box is None else Box(**dict(zip(_CORNERS, box, strict=True))),
        circle=None if circle is None else Circle(Point(lat=circle[0], long=circle[1]), circle[2]),
        area=drawn if circle is None else None,
        requested=Period(asked["since"], asked["until"]),
        updated=Period(asked["updated_since"], asked["updated_until"]),
        due=_today(jurisdiction) if asked["due_today"] else ALWAYS,
        held_since=Period(None, look_overdue()) if asked["held_overdue"] else ALWAYS,
        assigned_to=(*asked["assigned_to"], *([reader] if asked["mine"] else ())),
        **flags,
    )


_CORNERS = ("minlong", "minlat", "maxlong", "maxlat")

# Flags of the form, and their names in criteria.
_FLAGS = {
    "overdue": "overdue",
    "new": "new",
    "near_border": "near_boundary",
    "handed_over": "transferred",
    "waits": "on_hold",
    "waiting": "needs_review",
    "unpublished": "awaiting_approval",
    "held": "held",
}


def _today(jurisdiction: Scope) -> Period:
    today = jurisdiction.today()
    midnight, next_midnight = (
        datetime.combine(day, time(), jurisdiction.zone) for day in (today, today + timedelta(1))
    )
    return Period(midnight, next_midnight - timedelta(seconds=1))


def drawn_area(asked: Asked, reader: UserInfo) -> BaseGeometry | None:
    """Return the drawn or saved area; None for none. Raises InvalidFilter and NotFound."""
    if asked["polygon"] is not None:
        return polygon_of(_points(asked["polygon"]))
    if asked["circle"] is not None:
        lat, long, meters = asked["circle"]
        return circle_of(Point(lat=lat, long=long), meters)
    if asked["along"] is not None:
        return strip_of(_points(asked["along"]), asked["within"])
    return None if asked["area"] is None else get_area(reader, asked["area"])


def _points(places: Sequence[tuple[float, float]]) -> list[Point]:
    return [Point(lat=lat, long=long) for lat, long in places]
