"""Lists of service requests for the public: the parameters that the API and the website share."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box, Point
from geo.errors import InvalidFilter
from geo.search.drawn_areas import polygon_of
from open311.errors import Gone, InvalidParameters
from open311.messages.problem import Problem
from open311.messages.search import BOUNDARY_LAYER_UNKNOWN, FEED_RESTORED
from open311.queries.city import City
from open311.queries.search.criteria import BoundaryCode, Circle, Criteria, Period
from open311.queries.search.pages import Paging
from open311.web.parameters import parse
from schemas.base import Values
from schemas.search.cursors import BY_CHANGE, Cursor
from schemas.search.request_filters import ServiceRequestFiltersSchema

# Schemas are kept: making one takes longer than using it.
_schema = cache(lambda zone: ServiceRequestFiltersSchema(zone=zone))


def read_filters(city: City, values: Values) -> dict[str, Any]:
    """Return the filters, the page, and the order of a list; raises InvalidParameters."""
    filters = parse(_schema(city.scope.zone), values)
    _check_layers(city, filters["boundary"])
    _check_position(city, filters["after"])
    return {**filters, "area": _area(filters["polygon"]), "epoch": city.feed_epoch}


def _check_position(city: City, after: Cursor | None) -> None:
    """Raise Gone for a position from before a backup was restored, whose changes are gone."""
    if after is not None and after.sort in BY_CHANGE and after.epoch != city.feed_epoch:
        raise Gone(FEED_RESTORED, field="after")


def _area(corners: Sequence[tuple[float, float]] | None) -> BaseGeometry | None:
    """Return the area of a polygon; raises InvalidParameters if it has none."""
    if corners is None:
        return None
    try:
        return polygon_of([Point(lat=lat, long=long) for lat, long in corners])
    except InvalidFilter as error:
        raise InvalidParameters.of([Problem.of(error)]) from None


def _check_layers(city: City, boundaries: Sequence[tuple[str, str]]) -> None:
    """Raise InvalidParameters listing the layers if one does not exist."""
    known = [layer.code for layer in city.layers]
    for layer, _code in boundaries:
        if layer not in known:
            raise InvalidParameters(
                BOUNDARY_LAYER_UNKNOWN, field="boundary", layer=layer[:100], known=known
            )


def criteria_of(filters: Mapping[str, Any]) -> Criteria:
    """Return the criteria of a list, from what read_filters returned."""
    box, lat, long, radius = (filters[name] for name in ("bbox", "lat", "long", "radius"))
    return Criteria(
        ids=tuple(filters["service_request_id"]),
        text=filters["q"] or "",
        statuses=tuple(filters["status"]),
        services=tuple(filters["service_code"]),
        groups=tuple(filters["group"]),
        departments=tuple(filters["agency_responsible"]),
        boundaries=tuple(BoundaryCode(layer, code) for layer, code in filters["boundary"]),
        box=None if box is None else Box(**box),
        area=filters["area"],
        circle=None if radius is None else Circle(Point(lat=lat, long=long), radius),
        requested=Period(filters["start_date"], filters["end_date"]),
        updated=Period(filters["updated_after"], filters["updated_before"]),
        expected=Period(filters["due_after"], filters["due_before"]),
        closed=Period(filters["closed_after"], filters["closed_before"]),
        promises=tuple(filters["promise"]),
        work=filters["work"],
    )


def paging_of(filters: Mapping[str, Any]) -> Paging:
    """Return the page of a list, from what read_filters returned."""
    after = filters["after"]
    return Paging(
        sort=filters["sort"],
        page_size=filters["page_size"],
        page=filters["page"],
        after=(after.key, after.pk) if after else None,
        epoch=filters["epoch"] if filters["sort"] in BY_CHANGE else "",
    )
