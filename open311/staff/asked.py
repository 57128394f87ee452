"""What the list, the map and a file are asked for: read once, from the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box, Point
from geo.search.cql2 import parse_filter
from geo.search.drawn_areas import circle_of, polygon_of, strip_of
from open311.errors import InvalidParameters
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import ALWAYS, REQUESTS, Source, get_source
from open311.queries.people.users import UserInfo
from open311.queries.search.saved import get_area
from open311.queries.search.staff_list import in_order
from open311.staff.filters import Reader, filter_of
from open311.staff.pages import city, user
from open311.web.parameters import parse
from schemas.base import Values
from schemas.search.staff_find import FindSchema

PAGE_SIZE = 50

DRAWN_HERE = ("polygon", "circle", "along")
"""Parameters that hold what was drawn on the map."""

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Search:
    """What is asked for, of which city, and the rows that are wanted of which collection.

    drawn is the area that was drawn or saved, in degrees, x first; None where what the map shows
    counts.
    """

    jurisdiction: JurisdictionInfo
    asked: Asked
    source: Source
    wanted: Wanted
    drawn: BaseGeometry | None


def read_search(values: Values, names: Sequence[str] | None = None) -> Search:
    """Read parameters; raises InvalidParameters and NotFound. names are the properties to show."""
    jurisdiction, reader = city(), user()
    asked = parse(FindSchema(jurisdiction.zone), values)
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True)
    condition = filter_of(asked, source.properties, _reader(jurisdiction, reader.name))
    drawn = drawn_area(asked, reader)
    after = asked["after"]
    wanted = Wanted(
        area=_both(drawn, _box(asked["bbox"])),
        filter=parse_filter(orjson.dumps(condition).decode(), "cql2-json") if condition else None,
        names=names,
        limit=PAGE_SIZE,
        after=None if after is None else (after.key, after.pk),
    )
    return Search(jurisdiction, asked, in_order(source, asked["sort"]), wanted, drawn)


def _reader(jurisdiction: JurisdictionInfo, name: str) -> Reader:
    today = jurisdiction.today()
    midnight = datetime.combine(today, time(), jurisdiction.zone)
    return Reader(name, midnight, datetime.combine(today + timedelta(1), time(), jurisdiction.zone))


def drawn_area(asked: Asked, reader: UserInfo) -> BaseGeometry | None:
    """Give the area that was drawn, or saved; None for none. Raises InvalidFilter and NotFound."""
    if asked["polygon"] is not None:
        return polygon_of(_points(asked["polygon"]))
    if asked["circle"] is not None:
        lat, long, metres = asked["circle"]
        return circle_of(Point(lat=lat, long=long), metres)
    if asked["along"] is not None:
        return strip_of(_points(asked["along"]), asked["within"])
    return None if asked["area"] is None else get_area(reader, asked["area"])


def _points(places: Sequence[tuple[float, float]]) -> list[Point]:
    return [Point(lat=lat, long=long) for lat, long in places]


def _both(one: BaseGeometry | None, other: BaseGeometry | None) -> BaseGeometry | None:
    if one is None or other is None:
        return other if one is None else one
    return shapely.make_valid(one).intersection(other)


def _box(corners: tuple[float, float, float, float] | None) -> BaseGeometry | None:
    if corners is None:
        return None
    minlong, minlat, maxlong, maxlat = corners
    if minlat > maxlat or max(abs(minlat), abs(maxlat)) > 90:
        raise InvalidParameters("bbox must be degrees: minlong,minlat,maxlong,maxlat.")
    if max(abs(minlong), abs(maxlong)) > 180:  # a map that shows the world more than once
        minlong, maxlong = -180, 180
    return Box(minlong=minlong, minlat=minlat, maxlong=maxlong, maxlat=maxlat).area
