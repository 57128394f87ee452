"""What is asked of a collection: parameters of a GET, or of a search by POST."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import current_app, request
from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box
from geo.crs import CRS84, ReferenceSystem, box_into_wgs84, find_system
from geo.search.cql2 import parse_filter
from open311.errors import InvalidParameters
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import ALWAYS, Interval, Source
from open311.web.parameters import parse, sent_values
from schemas.search.ogc import MOST_FEATURES, ItemsSchema, named_like_properties

Asked = dict[str, Any]


def search_values() -> dict[str, list[str]]:
    """Give the parameters of a search: of its query, of its form, or of the JSON it sent."""
    if request.method != "POST" or request.mimetype != "application/json":
        return sent_values()
    try:
        body = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise InvalidParameters(f"The body is no JSON: {error}.") from None
    if not isinstance(body, Mapping):
        raise InvalidParameters("The body must be an object with parameters as its members.")
    query = {name: request.args.getlist(name) for name in request.args}
    return {**query, **{str(name): [_as_text(value)] for name, value in body.items()}}


def _as_text(value: Any) -> str:
    """Give a member of JSON as the parameter it stands for: a list with commas between."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ",".join(str(one) for one in value)
    return orjson.dumps(value).decode()


def read_items(values: dict[str, list[str]]) -> Asked:
    """Read the parameters of a list."""
    return parse(ItemsSchema(), with_filter_lang(values))


def with_filter_lang(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Add the language of a filter that was sent as an object, which only one of them has."""
    text = values.get("filter", [""])[0].lstrip()
    is_json = text.startswith("{") and "filter-lang" not in values
    return {**values, "filter-lang": ["cql2-json"]} if is_json else values


def interval_of(asked: Asked) -> Interval:
    """Give the stretch of time that is asked for."""
    begin, end = asked["datetime"]
    return ALWAYS if begin is None and end is None else Interval(begin, end)


def wanted_of(asked: Asked, source: Source, values: Mapping[str, list[str]]) -> Wanted:
    """Give what is wanted of a collection; raises InvalidParameters and InvalidFilter."""
    after = asked["after"]
    if after is not None and after.sort != source.sort:
        raise InvalidParameters("after is of another collection: take it from the next link.")
    return Wanted(
        area=_area(asked),
        interval=interval_of(asked),
        equal=_equal(source, values),
        filter=parse_filter(asked["filter"], asked["filter_lang"]) if asked["filter"] else None,
        filter_system=system_named(asked["filter_crs"], "filter-crs"),
        names=asked["properties"],
        system=system_named(asked["crs"], "crs"),
        limit=min(asked["limit"], MOST_FEATURES),
        after=None if after is None else (after.key, after.pk),
    )


def systems() -> list[ReferenceSystem]:
    """Give the reference systems that this server knows."""
    return [CRS84, *current_app.config["OPEN311_CRS"]]


def system_named(name: str | None, parameter: str) -> ReferenceSystem:
    """Find a reference system; raises InvalidParameters naming those there are."""
    if name is None:
        return CRS84
    found = find_system(name, systems())
    if found is None:
        known = ", ".join(system.uri for system in systems())
        raise InvalidParameters(f"{parameter} {name!r} is not known here; there are {known}.")
    return found


def _area(asked: Asked) -> BaseGeometry | None:
    if asked["bbox"] is None:
        return None
    x_low, y_low, x_high, y_high = asked["bbox"]
    system = system_named(asked["bbox_crs"], "bbox-crs")
    if system != CRS84:
        if x_low > x_high or y_low > y_high:
            raise InvalidParameters("bbox: its first corner must be the lower one on both axes.")
        return box_into_wgs84(x_low, y_low, x_high, y_high, system)
    if (
        y_low > y_high
        or abs(y_low) > 90
        or abs(y_high) > 90
        or max(map(abs, (x_low, x_high))) > 180
    ):
        raise InvalidParameters(
            "bbox must be degrees, the lowest first: minlong,minlat,maxlong,maxlat."
        )
    return Box(minlong=x_low, minlat=y_low, maxlong=x_high, maxlat=y_high).area


_COMPARED = ("text", "number", "boolean")


def _equal(source: Source, values: Mapping[str, list[str]]) -> dict[str, str]:
    """Give the parameters that name a property: it must have that value (part 3, 6.4)."""
    names = named_like_properties(values)
    comparable = [name for name, one in source.properties.items() if one.kind in _COMPARED]
    unknown = [name for name in names if name not in comparable]
    if unknown:
        raise InvalidParameters(
            f"{', '.join(unknown)[:200]} is not known here. There are the parameters limit, bbox, "
            f"datetime, properties, filter and crs, and the properties {', '.join(comparable)}."
        )
    return {name: values[name][0] for name in names if values[name][0]}
