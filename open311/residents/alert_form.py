"""The form of alerts: its choices, what it begins with, and what was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from geo.coordinates import Point
from geo.errors import InvalidFilter
from geo.search.drawn_areas import circle_of, polygon_of
from open311.errors import InvalidParameters
from open311.messages.alerts import (
    ADDRESS_AMBIGUOUS,
    ADDRESS_NOT_FOUND,
    ADDRESS_REQUIRED,
    AREA_REQUIRED,
    CHOOSE_BOUNDARY,
    TOO_MANY_SERVICES,
)
from open311.queries.addresses import find_meant, search_addresses
from open311.queries.catalog.services import service_unknown
from open311.queries.city import City
from open311.residents.list_filters import USUAL_RADIUS, form_choices, sent_pairs
from open311.steps.values.alerts import AlertWish
from open311.web.languages import say
from open311.web.place_names import PlaceNames
from schemas.base import Values
from schemas.vocabulary.alerts import (
    ALERT_RHYTHMS,
    ALERT_SUBJECTS,
    AREA,
    BOUNDARY,
    CIRCLE,
    CITY,
    CLOSED,
    DAILY,
    MOST_SERVICES,
    NEW,
)

MOST_MATCHES = 6
"""Addresses to choose from."""


def choices(city: City, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the options of the form, as the template has them; typed are values by name."""
    listed = form_choices(city, typed)
    confidential = {code for code, one in city.services.items() if one.type == "blackbox"}
    services = [
        (heading, [{"key": code, "name": name} for code, name in some if code not in confidential])
        for heading, some in listed["services"]
    ]
    return {
        "services": [(heading, some) for heading, some in services if some],
        "boundaries": listed["boundaries"],
        "radii": listed["radii"],
        "subjects": _options(ALERT_SUBJECTS),
        "rhythms": rhythm_options(),
        "has_addresses": city.scope.has_addresses,
    }


def rhythm_options() -> list[dict[str, str]]:
    """Return the times at which emails can come, as options of a form."""
    return _options(ALERT_RHYTHMS)


def _options(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "name": say(name)} for key, name in names.items()]


def first_values(city: City, values: Values) -> dict[str, list[str]]:
    """Return the values that the form begins with, from the filters of the public list."""
    sent: dict[str, list[str]] = {}
    for name, value in sent_pairs(values):
        sent.setdefault(name, []).append(value)
    groups = set(sent.get("group", ()))
    codes = [one["service_code"] for one in city.listed_services if one["group"] in groups]
    names: Sequence[str] = ("address", "lat", "long", "radius")
    kept = {name: sent[name] for name in names if name in sent}
    if "address" in kept:  # it is looked up again
        kept = {name: kept[name] for name in kept if name not in ("lat", "long")}
    kept.setdefault("radius", [USUAL_RADIUS[city.scope.units]])
    return {
        **kept,
        "about": [CLOSED if sent.get("status") == [CLOSED] else NEW],
        "rhythm": [DAILY],
        "service_code": [*sent.get("service_code", ()), *codes],
        **_first_place(sent),
    }


def _first_place(sent: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    if "boundary" in sent:
        return {"where": [BOUNDARY], "boundary": [sent["boundary"][0]]}
    if "address" in sent or ("lat" in sent and "long" in sent):
        return {"where": [CIRCLE]}
    if "polygon" in sent:
        return {"where": [AREA], "area": [sent["polygon"][0]]}
    sides = sent["bbox"][0].replace(";", ",").split(",") if "bbox" in sent else []
    if len(sides) == 4:
        west, south, east, north = sides
        corners = ((south, west), (south, east), (north, east), (north, west))
        return {"where": [AREA], "area": [";".join(",".join(one) for one in corners)]}
    return {"where": [CITY]}


def wish_of(city: City, sent: Mapping[str, Any]) -> AlertWish:
    """Return what was asked for, from values of AlertSchema; raises Open311Error."""
    services = sent["service_code"]
    if len(services) > MOST_SERVICES:
        raise InvalidParameters(TOO_MANY_SERVICES, field="service_code", limit=MOST_SERVICES)
    for code in services:
        if code not in city.services:
            raise service_unknown(code)
    common = {name: sent[name] for name in ("about", "rhythm")}
    return AlertWish(place=sent["where"], services=services, **common, **_place(city, sent))


def _place(city: City, sent: Mapping[str, Any]) -> dict[str, Any]:
    if sent["where"] == BOUNDARY:
        return _boundary(city, sent["boundary"])
    if sent["where"] == CIRCLE:
        return _circle(city, sent)
    return _area(sent["area"]) if sent["where"] == AREA else {}


def _boundary(city: City, text: str) -> dict[str, Any]:
    layer, _colon, code = text.partition(":")
    if not PlaceNames(city).is_current(layer, code):
        raise InvalidParameters(CHOOSE_BOUNDARY, field="boundary")
    return {"boundary_layer": layer, "boundary_code": code}


def _circle(city: City, sent: Mapping[str, Any]) -> dict[str, Any]:
    address, center = "", None
    text = sent["meant"] or sent["address"]
    if text:
        address, center = _find(city, text)
    elif sent["lat"] is not None and sent["long"] is not None:
        center = Point(lat=sent["lat"], long=sent["long"])
    if center is None:
        raise InvalidParameters(ADDRESS_REQUIRED, field="address")
    meters = sent["radius"] or float(USUAL_RADIUS[city.scope.units])
    try:
        area = circle_of(center, meters)
    except InvalidFilter:
        raise InvalidParameters(ADDRESS_REQUIRED, field="address") from None
    return {"center": center, "meters": meters, "address": address, "area": area}


def _find(city: City, text: str) -> tuple[str, Point]:
    """Return an address as the register writes it, and where it is; raises InvalidParameters."""
    meant = find_meant(city.scope.jurisdiction_id, text).address
    if meant is None:
        message = ADDRESS_AMBIGUOUS if matches(city, text) else ADDRESS_NOT_FOUND
        raise InvalidParameters(message, field="address")
    return meant.address, meant.point


def matches(city: City, text: str) -> list[str]:
    """List the addresses that a text can mean."""
    if not text or not city.scope.has_addresses:
        return []
    found = search_addresses(city.scope.jurisdiction_id, text, MOST_MATCHES)
    return [str(one["address"]) for one in found]


def _area(corners: Sequence[tuple[float, float]] | None) -> dict[str, Any]:
    if corners is None:
        raise InvalidParameters(AREA_REQUIRED, field="area")
    try:
        area = polygon_of([Point(lat=lat, long=long) for lat, long in corners])
    except InvalidFilter:
        raise InvalidParameters(AREA_REQUIRED, field="area") from None
    return {"area": area}
