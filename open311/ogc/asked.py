"""Parameters of requests for a collection: of a GET, or of a search by POST."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from flask import current_app, request
from marshmallow import ValidationError

from geo.coordinates import Box, Point
from geo.crs import CRS84, ReferenceSystem, box_into_wgs84, find_system
from geo.errors import InvalidFilter
from geo.search.cql2 import DEEPEST, parse_filter
from open311.errors import InvalidParameters
from open311.messages.access import JSON_TOO_DEEP
from open311.messages.problem import problems_in
from open311.messages.search import (
    AFTER_OF_OTHER_COLLECTION,
    BBOX_REVERSED,
    BODY_NOT_AN_OBJECT,
    BODY_NOT_JSON,
    CRS_UNKNOWN,
    PARAMETER_UNKNOWN,
    SEARCH_OF_REQUESTS_ONLY,
)
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.sources import FeatureSource
from open311.queries.search.criteria import BoundaryCode, Circle, Criteria, Period
from open311.web.bodies import received_body
from open311.web.parameters import parse, sent_values
from schemas.base import filled_in
from schemas.fields import Flag, printable
from schemas.search.fields import CIRCLE, known_statuses
from schemas.search.ogc import MOST_FEATURES, NAMES, ItemsSchema, named_like_properties

Asked = dict[str, Any]

_LONGEST_NAME = 100  # characters that an error quotes


def search_values() -> dict[str, list[str]]:
    """Return the parameters of a search from its query, its form, or its JSON body.

    Raises InvalidParameters if the body is not a JSON object, or, as InvalidFilter does, if a
    member is nested too deeply.
    """
    if request.method != "POST" or request.mimetype != "application/json":
        return sent_values()
    try:
        members = orjson.loads(received_body())
    except orjson.JSONDecodeError as error:
        raise InvalidParameters(BODY_NOT_JSON, error=str(error)) from None
    if not isinstance(members, Mapping):
        raise InvalidParameters(BODY_NOT_AN_OBJECT)
    query = {name: request.args.getlist(name) for name in request.args}
    return {**query, **{str(name): _as_texts(str(name), value) for name, value in members.items()}}


def _as_texts(name: str, value: Any) -> list[str]:
    """Return a JSON member as texts of a parameter.

    A list becomes one text with commas for a parameter that is a list, and several values for a
    property.
    """
    if not isinstance(value, list) or any(isinstance(one, list | dict) for one in value):
        return [_as_text(name, value)]
    texts = [_as_text(name, one) for one in value]
    return texts if named_like_properties([name]) else [",".join(texts)]


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return printable(value)
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # for what was parsed, only its depth can be the reason
        if name == "filter":
            raise InvalidFilter("filter.too_deep", field=name, limit=DEEPEST) from None
        raise InvalidParameters(JSON_TOO_DEEP, field=printable(name)[:_LONGEST_NAME]) from None


def read_items(values: dict[str, list[str]]) -> Asked:
    """Return the parsed parameters of a list; raises InvalidParameters."""
    return parse(_ITEMS, with_filter_lang(values))


_ITEMS = ItemsSchema()  # kept: making one takes longer than using it


def with_filter_lang(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return values with filter-lang added for a filter that is an object, which is always JSON."""
    text = values.get("filter", [""])[0].lstrip()
    is_json = text.startswith("{") and "filter-lang" not in values
    return {**values, "filter-lang": ["cql2-json"]} if is_json else values


def period_of(asked: Asked) -> Period:
    return Period(*asked["datetime"])


def wanted_of(asked: Asked, source: FeatureSource, values: Mapping[str, list[str]]) -> Wanted:
    """Return the selection of features; raises InvalidParameters and InvalidFilter."""
    after = asked["after"]
    if after is not None and after.sort != source.order.name:
        raise InvalidParameters(AFTER_OF_OTHER_COLLECTION, field="after")
    named = _named_like_properties(source, values)
    criteria = criteria_of(asked, source, named)
    searched = set(_of_criteria(source)) if source.collection == REQUESTS else set()
    return Wanted(
        criteria=criteria,
        equal={name: several for name, several in named.items() if name not in searched},
        filter=parse_filter(asked["filter"], asked["filter_lang"]) if asked["filter"] else None,
        filter_system=system_named(asked["filter_crs"], "filter-crs"),
        names=asked["properties"],
        system=system_named(asked["crs"], "crs"),
        limit=min(asked["limit"], MOST_FEATURES),
        after=None if after is None else (after.key, after.pk),
    )


# Names of properties that have criteria, and the names of those criteria.
_LISTS = {
    "service_request_id": "ids",
    "detailed_status": "detailed_statuses",
    "service_code": "services",
    "group": "groups",
    "agency_responsible": "departments",
    "assigned_to": "assigned_to",
    "channel": "channels",
    "priority": "priorities",
    "tags": "tags",
}

_FLAGS = {
    "overdue": "overdue",
    "near_border": "near_boundary",
    "in_overlap": "in_overlap",
    "handed_over": "transferred",
    "waits": "on_hold",
    "held": "held",
}


def _of_criteria(source: FeatureSource) -> Iterator[str]:
    """List the properties whose criteria allow more than equality."""
    yield from ("status", *_LISTS, *_FLAGS, *source.layers)


def criteria_of(asked: Asked, source: FeatureSource, named: Mapping[str, list[str]]) -> Criteria:
    """Return the criteria of parameters; named are those with the name of a property."""
    if source.collection != REQUESTS:
        _check_only_places(asked)
        return Criteria(**_area(asked))
    found: dict[str, Any] = {}
    found |= {field: tuple(named.get(name, ())) for name, field in _LISTS.items()}
    found |= {field: _flag(name, named.get(name, ())) for name, field in _FLAGS.items()}
    layers = [layer for layer in source.layers if layer not in (*_LISTS, *_FLAGS, "status")]
    return Criteria(
        text=asked["q"] or "",
        statuses=_statuses(named.get("status", ())),
        boundaries=tuple(
            BoundaryCode(layer, code) for layer in layers for code in named.get(layer, ())
        ),
        requested=period_of(asked),
        closed=Period(*asked["closed"]),
        expected=Period(*asked["due"]),
        promises=tuple(asked["promise"]),
        work=asked["work"],
        **_area(asked),
        **found,
    )


def _check_only_places(asked: Asked) -> None:
    """Raise InvalidParameters for a parameter that only service requests have."""
    never: tuple[Any, ...] = (None, "", [], (None, None))
    for name in ("q", "closed", "due", "promise", "work"):
        if asked[name] not in never:
            raise InvalidParameters(SEARCH_OF_REQUESTS_ONLY, field=name, collection=REQUESTS)


def _statuses(words: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(known_statuses(words))
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None


def _flag(name: str, sent: Sequence[str]) -> bool | None:
    """Return the only value that was sent; None for both or neither."""
    try:
        values = {Flag().deserialize(text, name) for text in sent}
    except ValidationError as error:
        named = [replace(problem, field=name) for problem in problems_in(error)]
        raise InvalidParameters.of(named) from None
    return values.pop() if len(values) == 1 else None


def systems() -> list[ReferenceSystem]:
    """List the supported coordinate reference systems, the default CRS84 first."""
    return [CRS84, *current_app.config["OPEN311_CRS"]]


def system_named(name: str | None, parameter: str) -> ReferenceSystem:
    """Return a coordinate reference system; raises InvalidParameters listing the supported ones."""
    if name is None:
        return CRS84
    found = find_system(name, systems())
    if found is None:
        raise InvalidParameters(
            CRS_UNKNOWN, field=parameter, name=name, known=[one.uri for one in systems()]
        )
    return found


def _area(asked: Asked) -> dict[str, Any]:
    """Return the criteria of the circle and of bbox; raises InvalidParameters."""
    lat, long, radius = (asked[name] for name in CIRCLE)
    circle = {} if radius is None else {"circle": Circle(Point(lat=lat, long=long), radius)}
    if asked["bbox"] is None:
        return circle
    x_low, y_low, x_high, y_high = asked["bbox"]
    system = system_named(asked["bbox_crs"], "bbox-crs")
    if system == CRS84:
        return {**circle, "box": Box(minlong=x_low, minlat=y_low, maxlong=x_high, maxlat=y_high)}
    if x_low > x_high or y_low > y_high:
        raise InvalidParameters(BBOX_REVERSED, field="bbox")
    return {**circle, "area": box_into_wgs84(x_low, y_low, x_high, y_high, system)}


_COMPARED = ("text", "number", "boolean")


def _named_like_properties(
    source: FeatureSource, values: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Return the parameters with the name of a property, which must equal a value (part 3, 6.4).

    Raises InvalidParameters for unknown names.
    """
    names = named_like_properties(values)
    comparable = [name for name, one in source.properties.items() if one.kind in _COMPARED]
    unknown = [name for name in names if name not in comparable]
    if unknown:
        raise InvalidParameters(
            PARAMETER_UNKNOWN,
            unknown=", ".join(unknown)[:200],
            parameters=list(NAMES),
            known=comparable,
        )
    sent = filled_in(values)
    return {name: sent[name] for name in names if name in sent}
