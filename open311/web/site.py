"""The residents' website of this HTTP request: its city, its language, and its links."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template, request, url_for

from geo.distances import distance
from open311.errors import NotFound
from open311.messages.residents import NO_SITE
from open311.queries.city import City, Snapshot
from open311.queries.residents.site import SiteInfo
from open311.web.dates import day_words, moment_words
from open311.web.freshness import snapshot, snapshots
from open311.web.languages import language, path_language, say
from open311.web.page_policy import path_without_language
from open311.web.parameters import public_address
from open311.web.phone_links import phone_link
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.progress import PROGRESS

API_PATHS = (
    r"/(open311|ogc|routing|stats|health)(/.*|$)"
    r"|(/[a-z]{2})?/((insights/)?reports\.(geojson|atom)|data/[a-z.]+)$"
)
"""Paths for programs, which pages of other sites may read (Fetch, CORS protocol)."""

IN_LANGUAGE = "in_language_"
"""Begins the names of the blueprints whose paths begin with a language."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def find_site_city(known: Snapshot, host: str) -> City | None:
    """Return the city whose website a host name is for."""
    found = _find_id(known, host)
    return None if found is None else known.cities[found]


def _find_id(known: Snapshot, host: str) -> str | None:
    """Return the jurisdiction_id of the city with this host name.

    Otherwise it is the only one with a website that has none.
    """
    by_host = [id_ for name, id_ in known.hosts if name == host.lower()]
    anywhere = [id_ for name, id_ in known.hosts if name is None]
    found = by_host or (anywhere if len(anywhere) == 1 else [])
    return found[0] if found else None


def site_city() -> City:
    """Return the city of this HTTP request; raises NotFound if no website is for its host."""
    found = find_site_city(snapshot(), _host())
    if found is None:
        raise NotFound(NO_SITE)
    return found


def has_site() -> bool:
    """Return whether a website is for this HTTP request, as far as is known without the database.

    For pages about errors, which also occur during an outage.
    """
    newest = snapshots().peek()
    found = None if newest is None else _find_id(newest, _host())
    return newest is not None and found is not None and newest.cities.is_known(found)


def _host() -> str:
    return urlsplit(request.host_url).hostname or ""


def site() -> SiteInfo:
    """Return the website of this HTTP request; raises NotFound."""
    return _site_of(site_city())


def _site_of(city: City | None) -> SiteInfo:
    if city is None or city.site is None:
        raise NotFound(NO_SITE)
    return city.site


def site_address(of: SiteInfo) -> str:
    """Return the public address of a website: its own host name, or else that of this server.

    It has no path and no trailing slash.
    """
    address = urlsplit(public_address())
    if of.host in (None, address.hostname):
        return address.geturl()
    return f"{address.scheme}://{of.host}"


def link(endpoint: str, *, in_language: str | None = None, **values: Any) -> str:
    """Return the path of a page of the website, in the language of this page's path, if it has one.

    in_language asks for the path of a certain language.
    """
    chosen = in_language or path_language()
    if not chosen:
        return url_for(endpoint, **values)
    return url_for(f"{IN_LANGUAGE}{endpoint}", language=chosen, **values)


def this_page_in(code: str) -> str:
    """Return the path and the query of this page in a language.

    A form of a request's page is sent to a path below it, which can only be posted to.
    """
    path = path_without_language()
    if request.method == "POST" and path.startswith(("/r/", "/track/")):
        path = path.rpartition("/")[0]
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return f"/{code}{path}{query}"


def site_page(template: str, status: int = 200, **values: Any) -> tuple[str, int]:
    """Return a page of the website and its status.

    A page about an error is made without asking whether the snapshot is current.
    """
    city = site_city() if status < ERRORS else find_site_city(snapshots().newest(), _host())
    if city is None:
        raise NotFound(NO_SITE)
    context = {**page_context(city), "status": status, **values}
    return render_template(f"residents/{template}", **context), status


ERRORS = 400
"""The first status of errors."""


def page_context(city: City) -> Mapping[str, Any]:
    """Return the values and functions that all templates of the website use.

    local and day write a time, with and without its hour; distance writes meters.
    sends_email is whether the settings name a mail server, and sends_texts a gateway for texts.
    phone_link returns the link that calls a number. typed and typed_list return the values of a
    form's field; here they are those of an empty form. progress_word returns the word for a status.
    """
    reader, zone = language(), city.scope.zone
    return {
        "city": city.scope,
        "site": city.site,
        "sends_email": current_app.config["OPEN311_MAIL"] is not None,
        "sends_texts": sends_texts(),
        "text_of": lambda key: city.site.text(key, reader) if city.site else None,
        "link": link,
        "path_language": path_language(),
        "this_page_in": this_page_in,
        "phone_link": phone_link,
        "language": reader,
        "languages": LANGUAGES,
        "direction": "rtl" if reader in RIGHT_TO_LEFT else "ltr",
        "local": partial(moment_words, zone=zone, language=reader),
        "day": partial(day_words, zone=zone, language=reader),
        "distance": partial(distance, units=city.scope.units, language=reader),
        "site_address": site_address(_site_of(city)),
        "progress_word": progress_word,
        "problems": (),
        "typed": lambda _name: "",
        "typed_list": lambda _name: (),
        "hidden": {},
    }


def sends_texts() -> bool:
    """Return whether this server sends text messages."""
    return current_app.config["OPEN311_SMS"] is not None


def progress_word(code: str) -> str:
    """Return what a status, or an entry of a timeline, is called."""
    return say(PROGRESS[code].word)
