"""The public list of service requests for programs: GeoJSON (RFC 7946) and Atom (RFC 4287)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, request, url_for
from lxml import etree

from open311.queries.city import City
from open311.queries.requests.public import list_service_requests
from open311.residents.atom import ATOM, GEORSS, add, new_feed
from open311.residents.cards import PAGE
from open311.residents.lists import read_list
from open311.residents.pages import mark_unlisted, site_pages
from open311.web.bodies import sent
from open311.web.caching import revalidate
from open311.web.catalog_words import CatalogWords, page_words
from open311.web.formats import respond
from open311.web.freshness import fresh
from open311.web.languages import say
from open311.web.links import next_cursor, page_headers, window_headers
from open311.web.parameters import public_address, sent_values
from open311.web.request_lists import criteria_of, paging_of, read_filters
from open311.web.site import link, progress_word, site, site_address, site_city
from schemas.base import Values
from schemas.fields import w3c

blueprint = site_pages("site_feeds")
blueprint.after_request(revalidate)
blueprint.after_request(mark_unlisted)

ENTRIES = 50


@blueprint.get("/reports.geojson")
@fresh
def geojson() -> Response:
    """Return the list as the API does."""
    city, values = site_city(), _filters(sent_values())
    filters = read_filters(city, values)
    asked = paging_of(filters)
    jurisdiction = city.scope.at(public_address())
    found = list_service_requests(
        city,
        jurisdiction,
        criteria_of(filters),
        asked,
        extensions=filters["extensions"],
        window_moves=filters["window_moves"],
    )
    response = respond("geojson", "service_requests", found.page.rows)
    address = f"{site_address(site())}{quote(request.path)}"
    response.headers.update(page_headers(address, sent().values, asked, found.page))
    response.headers.update(window_headers(filters))
    return response


def _filters(values: Values) -> dict[str, Sequence[str]]:
    """Return the parameters without what only the page has."""
    return {name: sent for name, sent in values.items() if name not in ("address", "place")}


@blueprint.get("/reports.atom")
@fresh
def atom() -> Response:
    """Return the list as a feed, recently updated requests first."""
    city, values = site_city(), _filters(sent_values())
    values.setdefault("page_size", [str(ENTRIES)])
    if "after" not in values:
        values.setdefault("sort", ["-updated_datetime"])
    filters = read_filters(city, values)
    asked = paging_of(filters)
    page = read_list(city, filters, with_total=False)
    shown = {name: sent for name, sent in values.items() if name not in ("after", "page_size")}
    links = [
        ("self", _address(request.path, values)),
        ("alternate", _address(link("site_lists.index"), shown)),
    ]
    if page.more:
        following = {**values, "after": [next_cursor(asked, page) or ""]}
        links.append(("next", _address(request.path, following)))
    feed = _feed(city, page.rows, links)
    body = etree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def _address(path: str, values: Values) -> str:
    query = urlencode(values, doseq=True)
    return f"{site_address(site())}{path}{'?' if query else ''}{query}"


def _feed(
    city: City, rows: Sequence[Mapping[str, Any]], links: Sequence[tuple[str, str]]
) -> etree._Element:
    changes = [row["updated_datetime"] for row in rows]
    title = say("Requests in %(city)s", city=city.scope.name)
    feed = new_feed(city, title, max(changes, default=city.scope.changed_at), links)
    words = page_words(city)
    for row in rows:
        _add_entry(feed, words, row)
    return feed


def _add_entry(feed: etree._Element, words: CatalogWords, row: Mapping[str, Any]) -> None:
    entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
    id_, code = row["service_request_id"], row["service_code"]
    service = words.service_name(code, row["service_name"])
    status = progress_word(row["extended_attributes"]["detailed_status"])
    add(entry, "title", ", ".join(filter(None, (service, row["address"]))))
    # The same for readers of each language: it names the request, not the page.
    add(entry, "id", _address(url_for(PAGE, service_request_id=id_), {}))
    page = _address(link(PAGE, service_request_id=id_), {})
    add(entry, "link", rel="alternate", href=page, type="text/html")
    add(entry, "published", w3c(row["requested_datetime"]))
    add(entry, "updated", w3c(row["updated_datetime"]))
    add(entry, "category", term=code, label=service)
    texts = filter(None, (status, row["description"], row["status_notes"]))
    add(entry, "summary", "\n\n".join(texts))
    if row["lat"] is not None:
        add(entry, f"{{{GEORSS}}}point", f"{row['lat']} {row['long']}")
