"""The filters of the public list: as sent, in the form, as chips, and for the map."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from geo.distances import FOOT, MILE, distance
from geo.search.drawn_areas import to_wkt
from open311.messages.names import STATUS_NAMES
from open311.queries.city import City
from open311.web.catalog_words import CatalogWords, page_words
from open311.web.dates import day_words
from open311.web.languages import language
from open311.web.languages import say as _
from open311.web.place_names import PlaceNames, circle_name
from open311.web.site import progress_word
from schemas.base import Values, filled_in
from schemas.fields import CommaSeparated, w3c
from schemas.requests.statuses import as_status
from schemas.search.cursors import DEFAULT_SORT
from schemas.search.figure_filters import OF_FIGURES
from schemas.search.request_filters import ServiceRequestFiltersSchema
from schemas.vocabulary.promises import PROMISE_RESULTS
from schemas.vocabulary.statuses import STANDARD_STATUSES

CIRCLE = ("address", "lat", "long", "radius")

FILTERS = (
    *("q", "status", "service_code", "group", "agency_responsible", "boundary", *CIRCLE),
    *("bbox", "polygon", "start_date", "end_date", "updated_after", "updated_before"),
    *(*OF_FIGURES, "promise", "work"),
    "service_request_id",
)
"""Parameters of the API's list that the page knows, and address, which is the page's own."""

RADII = {"metric": (150, 500, 1000, 5000), "us": (500 * FOOT, MILE / 4, MILE / 2, MILE, 3 * MILE)}
"""Distances of the form in meters, by the units of the city."""

USUAL_RADIUS = {"metric": "1000", "us": f"{MILE / 2:.0f}"}

Pair = tuple[str, str]

Chip = tuple[str, Sequence[Pair]]

_FIELDS = ServiceRequestFiltersSchema._declared_fields


def sent_pairs(values: Values) -> list[Pair]:
    """List the filters that were sent, each value of a list by itself, and the order.

    The form sends a distance even without a place, and the usual order. place is the address that
    belongs to lat and long: they are not those of another one that was typed since.
    """
    sent = filled_in(values)
    address = sent.get("address", [""])[0].strip()
    is_of_place = values.get("place", [address])[0].strip() == address
    dropped = set() if is_of_place else {"lat", "long"}
    if not address and not (is_of_place and sent.keys() & {"lat", "long"}):
        dropped.add("radius")
    if sent.get("sort") == [DEFAULT_SORT]:
        dropped.add("sort")
    if "service_request_id" in sent:  # which overrides all other filters
        dropped.update(set(FILTERS) - {"service_request_id"})
    names = (name for name in (*FILTERS, "sort") if name not in dropped)
    return [(name, one) for name in names for one in _each(name, sent.get(name, ()))]


def _each(name: str, sent: Sequence[str]) -> Iterator[str]:
    field = _FIELDS.get(name)
    if not isinstance(field, CommaSeparated):
        yield from sent[:1]
        return
    texts = (text.strip() for text in field.separator.join(sent).split(field.separator))
    yield from dict.fromkeys(text for text in texts if text)


def without(pairs: Sequence[Pair], *names: str) -> list[Pair]:
    """Return filters without those with some names."""
    return [one for one in pairs if one[0] not in names]


def chips(city: City, filters: Mapping[str, Any], pairs: Sequence[Pair]) -> list[Chip]:
    """List the filters of a list in words, each with the filters that are left without it."""
    words, sent = _Words(city, filters), dict(pairs)
    found: list[Chip] = []
    for number, (name, value) in enumerate(pairs):
        text = words.of(name, value, sent)
        others = [*pairs[:number], *pairs[number + 1 :]]
        if text:
            found.append((text, without(pairs, *CIRCLE) if name == "lat" else others))
    return found


class _Words:
    def __init__(self, city: City, filters: Mapping[str, Any]) -> None:
        self._city = city
        self._filters = filters
        self._names = page_words(city)
        self._places = PlaceNames(city)

    def of(self, name: str, value: str, sent: Mapping[str, str]) -> str:
        """Return a filter in words; an empty text for what is part of another one."""
        match name:
            case "q":
                return f"“{value}”"
            case "status":
                return _status_words(as_status(value))
            case "lat":
                return self._circle(sent.get("address"))
            case "bbox":
                return _("In a part of the map")
            case "polygon":
                return _("An area drawn on the map")
            case "service_request_id":
                return _("Request number %(id)s", id=value)
        return self._named(name, value) or self._day(name)

    def _named(self, name: str, value: str) -> str:
        match name:
            case "service_code":
                return self._names.service_name_of(value)
            case "group":
                return group_name(self._city, self._names, value)
            case "agency_responsible":
                return _department(self._city, self._names, value)
            case "boundary":
                layer, _colon, code = value.partition(":")
                return self._places.boundary(layer.strip(), code.strip())
            case "promise":
                return _(PROMISE_RESULTS.get(value, value))
            case "work" if self._filters.get("work"):
                return _("without duplicates and canceled requests")
        return ""

    def _circle(self, address: str | None) -> str:
        far = distance(self._filters["radius"] or 0, self._city.scope.units, language())
        return circle_name(far, address or "", language())

    def _day(self, name: str) -> str:
        moment = self._filters.get(name)
        if not isinstance(moment, datetime):
            return ""
        day = day_words(moment, self._city.scope.zone, language())
        return {
            "start_date": _("From %(day)s", day=day),
            "end_date": _("Until %(day)s", day=day),
            "updated_after": _("Changed since %(day)s", day=day),
            "updated_before": _("Not changed since %(day)s", day=day),
            "closed_after": _("closed since %(day)s", day=day),
            "closed_before": _("closed until %(day)s", day=day),
            "due_after": _("due from %(day)s", day=day),
            "due_before": _("due until %(day)s", day=day),
        }.get(name, "")


def _status_words(status: str) -> str:
    """Return a word for open or closed, or else what a card calls the status."""
    return _(STATUS_NAMES[status]) if status in STANDARD_STATUSES else progress_word(status)


def group_name(city: City, words: CatalogWords, group: str) -> str:
    """Return the name of a group of services, translated as for any of them."""
    codes = [one["service_code"] for one in city.listed_services if one["group"] == group]
    return words.text("service", codes[0], "group", group) if codes else group


def _department(city: City, words: CatalogWords, value: str) -> str:
    code = _department_code(city, value)
    return words.department_name(code, dict(city.departments)[code]) if code else value


def form_choices(city: City, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the options of the form: (value, name), those of services and boundaries by heading.

    typed are the values of the fields, by name.
    """
    words, units = page_words(city), city.scope.units
    services: dict[str, list[Pair]] = {}
    for one in city.listed_services:
        named = words.service(one)
        services.setdefault(named["group"], []).append((one["service_code"], named["service_name"]))
    radii = {f"{one:.0f}": distance(one, units, language()) for one in RADII[units]}
    return {
        "services": list(services.items()),
        "departments": [
            (code, words.department_name(code, name)) for code, name in city.departments
        ],
        "boundaries": [
            (one.name, [(f"{one.code}:{code}", name or code) for code, name in one.boundaries])
            for one in city.choices(city.scope.today())
        ],
        "radii": list((radii | _other_radius(typed.get("radius", ""), units, radii)).items()),
        "sorts": [
            (DEFAULT_SORT, _("newest first")),
            ("requested_datetime", _("oldest first")),
            ("-updated_datetime", _("recently updated")),
        ],
    }


def _other_radius(text: str, units: str, known: Mapping[str, str]) -> dict[str, str]:
    try:
        return {} if text in known else {text: distance(float(text), units, language())}
    except (ValueError, OverflowError):  # also of infinity
        return {}


def form_values(city: City, filters: Mapping[str, Any], pairs: Sequence[Pair]) -> dict[str, str]:
    """Return the values of the form's fields: the first one of each filter, as its field has it.

    filters is empty if they cannot be used.
    """
    values = dict(reversed(pairs))
    values.setdefault("radius", USUAL_RADIUS[city.scope.units])
    for name in ("start_date", "end_date"):
        if name in values and filters:
            values[name] = f"{filters[name].astimezone(city.scope.zone):%F}"
    if "lat" in values and filters:
        values["radius"] = f"{filters['radius']:.0f}"
    named = _department_code(city, values.get("agency_responsible", ""))
    return values | ({"agency_responsible": named} if named else {})


def _department_code(city: City, value: str) -> str:
    wanted = value.casefold()
    codes = (
        code for code, name in city.departments if wanted in (code.casefold(), name.casefold())
    )
    return next(codes, "")


IN_FORM = (
    *("q", "service_code", "agency_responsible", "boundary", "address", "radius"),
    *("start_date", "end_date", "sort"),
)
"""Filters whose first value has a field in the form; so has a status of the standard."""


def unseen_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """List the filters that the form keeps without a field, and place if there is one."""
    seen: set[str] = set()
    kept = []
    for name, value in pairs:
        is_shown = name in IN_FORM or (name == "status" and value in STANDARD_STATUSES)
        if name in seen or not is_shown:
            kept.append((name, value))
        seen.add(name)
    sent = dict(pairs)
    return [*kept, ("place", sent.get("address", ""))] if "lat" in sent else kept


def tile_query(city: City, filters: Mapping[str, Any]) -> str:
    """Return the query for tiles of the requests of a list, with the parameters of /ogc.

    That of a period that moves with the clock changes once an hour, so that the page stays the
    same.
    """
    begin, end = filters["start_date"], filters["end_date"]
    if filters["window_moves"]:
        begin, end = begin.replace(minute=0, second=0, microsecond=0), None
    moments = ["" if one is None else w3c(one) for one in (begin, end)]
    pairs: list[Pair] = [("jurisdiction_id", city.scope.jurisdiction_id)]
    pairs += [("datetime", "/".join(one or ".." for one in moments))] if any(moments) else []
    pairs += list(_result_pairs(filters))
    pairs += [("q", filters["q"])] if filters["q"] else []
    for name in ("status", "service_code", "group", "agency_responsible", "service_request_id"):
        pairs += [(name, one) for one in filters[name]]
    pairs += filters["boundary"]
    if filters["bbox"] is not None:
        pairs.append(("bbox", ",".join(f"{one:.10g}" for one in filters["bbox"].values())))
    if filters["radius"] is not None:
        pairs += [(name, f"{filters[name]:.10g}") for name in ("lat", "long", "radius")]
    conditions = [
        f"updated_datetime {sign} TIMESTAMP('{w3c(filters[name])}')"
        for name, sign in (("updated_after", ">="), ("updated_before", "<="))
        if filters[name] is not None
    ]
    if filters["area"] is not None:
        conditions.append(f"S_INTERSECTS(geometry, {to_wkt(filters['area'])})")
    pairs += [("filter", " AND ".join(conditions))] if conditions else []
    return urlencode([*pairs, ("properties", "status,overdue")])


def _result_pairs(filters: Mapping[str, Any]) -> Iterator[Pair]:
    for name in ("closed", "due"):
        ends = [filters[f"{name}_{end}"] for end in ("after", "before")]
        if any(ends):
            yield name, "/".join(".." if one is None else w3c(one) for one in ends)
    if filters["promise"]:
        yield "promise", ",".join(filters["promise"])
    if filters["work"] is not None:
        yield "work", str(filters["work"]).lower()
