"""The public list and map of service requests, and the search by number."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import redirect, url_for
from flask_babel import format_decimal, ngettext
from werkzeug.wrappers import Response as AnyResponse

from open311.errors import Gone, InvalidParameters, NotFound
from open311.queries.addresses import find_meant, search_addresses
from open311.queries.city import City
from open311.queries.requests.public import get_service_request
from open311.queries.search.counts import Total
from open311.queries.search.pages import Page
from open311.residents.cards import cards, list_shown, request_path
from open311.residents.list_filters import (
    CIRCLE,
    IN_FORM,
    Pair,
    chips,
    form_choices,
    form_values,
    sent_pairs,
    tile_query,
    unseen_pairs,
    without,
)
from open311.residents.pages import mark_unlisted, site_pages
from open311.web.caching import revalidate
from open311.web.catalog_words import page_words
from open311.web.dates import day_words
from open311.web.freshness import check_current, fresh
from open311.web.languages import language, say
from open311.web.links import next_cursor
from open311.web.page_problems import PageProblem, page_problems
from open311.web.parameters import first, sent_values
from open311.web.request_lists import criteria_of, paging_of, read_filters
from open311.web.site import link, site_city, site_page
from open311.web.site_map import site_base_map
from schemas.base import Values

blueprint = site_pages("site_lists")
blueprint.after_request(revalidate)
blueprint.after_request(mark_unlisted)

PAGE_SIZE = 20

MOST_MATCHES = 6
"""Addresses to choose from."""

Shown = tuple[str, int] | AnyResponse


@blueprint.get("/reports")
@fresh
def index() -> Shown:
    """Show one page of the list, filtered like that of the API."""
    city, values = site_city(), sent_values()
    pairs = sent_pairs(values)
    sent, matches = dict(pairs), []
    if "address" in sent and not sent.keys() & {"lat", "long"}:
        found = _find_address(city, pairs)
        if isinstance(found, str):
            check_current()
            return redirect(found, 303)
        matches = found
    try:
        filters = read_filters(city, _as_values(pairs, values))
        criteria_of(filters)  # raises an error if a period or a circle is impossible
    except InvalidParameters as error:
        check_current()
        return _page(city, pairs, {}, {"problems": _problems(error)}, 400)
    return _page(city, pairs, filters, _listed(city, pairs, filters, matches))


def _problems(error: InvalidParameters) -> list[PageProblem]:
    """Return the problems of filters by the fields of the form; a place has that of its address."""
    fields = {name: name for name in IN_FORM} | {"status": "status"}
    fields |= dict.fromkeys(("lat", "long"), "address")
    shown = (replace(one, field=fields.get(one.field, "")) for one in page_problems(error.problems))
    return list(dict.fromkeys(shown))


def list_values(city: City, values: Values) -> dict[str, Any]:
    """Return the values of the list and its map for another page; raises InvalidParameters."""
    pairs = sent_pairs(values)
    filters = read_filters(city, _as_values(pairs, values))
    return {
        **_listed(city, pairs, filters, []),
        "list_url": _address(pairs),
        "base_map": site_base_map(),
    }


def _as_values(pairs: Sequence[Pair], values: Values) -> Values:
    """Return the parameters of the list for some filters, and the page that was asked for."""
    asked = {"page_size": [str(PAGE_SIZE)], "after": [*values.get("after", ())]}
    for name, value in pairs:
        asked.setdefault(name, []).append(value)
    is_near = asked.keys() & {"lat", "long"}
    return asked if is_near else {name: one for name, one in asked.items() if name != "radius"}


def _find_address(city: City, pairs: Sequence[Pair]) -> str | list[dict[str, Any]]:
    """Return where the list near an address is, or else the addresses that may be meant.

    Without a register of addresses, its words are searched for in requests.
    """
    sent, others = dict(pairs), without(pairs, *CIRCLE, "q")
    id_, text = city.scope.jurisdiction_id, sent["address"]
    if not city.scope.has_addresses:
        words = " ".join(filter(None, (sent.get("q"), text)))
        return _address([("q", words), *others])
    meant = find_meant(id_, text).address
    if meant is not None:
        return _address(_near(pairs, meant.address, meant.point.lat, meant.point.long))
    found = search_addresses(id_, text, MOST_MATCHES)
    places = [(one["address"], one["lat"], one["long"]) for one in found]
    return [{"name": one[0], "url": _address(_near(pairs, *one))} for one in places]


def _near(pairs: Sequence[Pair], address: str, lat: float, long: float) -> list[Pair]:
    place = [("address", address), ("lat", f"{lat:.6f}"), ("long", f"{long:.6f}")]
    return [*without(pairs, "address", "lat", "long"), *place]


def _address(pairs: Sequence[Pair]) -> str:
    """Return the path of the list with some filters."""
    path = link("site_lists.index")
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _listed(
    city: City, pairs: Sequence[Pair], filters: Mapping[str, Any], matches: Sequence[Any]
) -> dict[str, Any]:
    """Return the values of the page that the list gives."""
    asked = paging_of(filters)
    page = read_list(city, filters)
    following = [*pairs, ("after", next_cursor(asked, page) or "")]
    is_near = filters["radius"] is not None
    return {
        "found": cards(page_words(city), page.rows),
        "count": _count(page.total),
        "period": _period(city, filters),
        "chips": [(text, _address(others)) for text, others in chips(city, filters, pairs)],
        "next_url": _address(following) if page.more else "",
        "first_url": _address(pairs) if asked.after else "",
        "before_url": "" if page.more else _address_before(city, pairs, filters),
        "matches": matches,
        "not_found": bool(dict(pairs).get("address")) and not is_near and not matches,
        "tiles": tile_query(city, filters),
        "area": dict(pairs).get("polygon", ""),
        "bounds": _bounds(city, filters),
        "layers": [one.drawn for one in city.layers],
    }


def read_list(city: City, filters: Mapping[str, Any], *, with_total: bool = True) -> Page:
    """Return a page of the list, as list_shown does."""
    criteria, asked = criteria_of(filters), replace(paging_of(filters), with_total=with_total)
    return list_shown(city, criteria, asked, window_moves=filters["window_moves"]).page


def _count(total: Total | None) -> str:
    if total is None:
        return ""
    number = format_decimal(total.number)
    if not total.exact:
        return say("More than %(count)s requests", count=number)
    return str(ngettext("%(count)s request", "%(count)s requests", total.number, count=number))


def _period(city: City, filters: Mapping[str, Any]) -> str:
    """Return the days that a list covers, in words; empty if it covers all."""
    if filters["window_moves"]:
        return say("of the last 90 days")
    begin, end = filters["start_date"], filters["end_date"]
    if begin is None or end is None:
        return ""
    first_day, last_day = (day_words(one, city.scope.zone, language()) for one in (begin, end))
    return say("from %(first)s to %(last)s", first=first_day, last=last_day)


def _address_before(city: City, pairs: Sequence[Pair], filters: Mapping[str, Any]) -> str:
    """Return the path of the same list for the time before its period; empty if it has none."""
    begin = filters["start_date"]
    if begin is None:
        return ""
    last_day = (begin - timedelta(seconds=1)).astimezone(city.scope.zone)
    others = without(pairs, "start_date", "end_date")
    return _address([*others, ("end_date", f"{last_day:%F}")])


def _bounds(city: City, filters: Mapping[str, Any]) -> str:
    """Return west, south, east, and north of what the map shows first; empty if that is unknown."""
    box = filters["bbox"]
    if box is not None:
        return ",".join(f"{box[name]:.6f}" for name in ("minlong", "minlat", "maxlong", "maxlat"))
    if filters["area"] is not None:
        return ",".join(f"{side:.6f}" for side in filters["area"].bounds)
    today = city.scope.today()
    found = [city.find_box(layer, code, today) for layer, code in filters["boundary"]]
    boxes = [one for one in found if one is not None]
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        return f"{min(west)},{min(south)},{max(east)},{max(north)}"
    return "" if city.service_area is None else ",".join(map(str, city.service_area.bounds))


def _page(
    city: City,
    pairs: Sequence[Pair],
    filters: Mapping[str, Any],
    listed: Mapping[str, Any],
    status: int = 200,
) -> tuple[str, int]:
    """Return the page; filters and what is listed are empty if the filters cannot be used."""
    typed = form_values(city, filters, pairs)
    query = f"?{urlencode(pairs)}" if pairs else ""
    return site_page(
        "requests.html",
        status,
        here="requests",
        typed=lambda name: typed.get(name, ""),
        unseen=unseen_pairs(pairs),
        clear_url=link("site_lists.index"),
        atom_url=f"{link('site_feeds.atom')}{query}",
        geojson_url=f"{url_for('site_feeds.geojson')}{query}",
        alert_url=f"{link('site_alerts.show')}{query}",
        base_map=site_base_map(),
        **form_choices(city, typed),
        **listed,
    )


_NUMBER = re.compile(r"\S*\d\S*")


@blueprint.get("/find")
@fresh
def find() -> Shown:
    """Go to the page of a request by its number, or to the list for other words.

    A number that is not known is answered with a sentence.
    """
    city = site_city()
    number = (first(sent_values(), "number") or "").strip(" #.")
    if not _NUMBER.fullmatch(number):
        return redirect(_address([("q", number)] if number else []), 303)
    try:
        row, _changes = get_service_request(city, city.scope, number, extensions=True)
    except NotFound as error:
        check_current()
        problems = [replace(one, field="number") for one in page_problems(error.problems)]
        return site_page("find.html", 404, here="requests", problems=problems, number=number)
    except Gone:
        return redirect(request_path(number), 303)
    return redirect(request_path(row["service_request_id"]), 303)
