"""Pages for frames of other websites, from the origins that the city allows. No cookie."""

from datetime import UTC, datetime

from flask import Response, make_response

from open311.errors import InvalidParameters
from open311.queries.catalog.suggest import suggest
from open311.residents.lists import list_values
from open311.residents.pages import mark_unlisted, site_pages
from open311.web.catalog_words import page_words
from open311.web.freshness import check_current, fresh
from open311.web.page_policy import let_frame
from open311.web.page_problems import page_problems
from open311.web.parameters import sent_values
from open311.web.service_cards import card_of
from open311.web.site import site, site_city, site_page

blueprint = site_pages("site_embeds", "/embed")
blueprint.after_request(mark_unlisted)


@blueprint.get("/report")
def report() -> Response:
    """Show the beginning of a report: the usual services, each a link to the form.

    The form opens in a page of its own, which no other website can cover or read.
    """
    city = site_city()
    words = page_words(city)
    codes = suggest(city, "", datetime.now(UTC))
    services = [card_of(words, city.services[code]) for code in codes]
    return _framed(site_page("embed_report.html", embedded=True, services=services))


@blueprint.get("/map")
@fresh
def show_map() -> Response:
    """Show the map of the list, with its filters; or what is wrong with them, in the frame."""
    try:
        values = list_values(site_city(), sent_values())
    except InvalidParameters as error:
        check_current()
        problems = page_problems(error.problems)
        return _framed(site_page("problem.html", 400, embedded=True, problems=problems))
    return _framed(site_page("embed_map.html", embedded=True, **values))


def _framed(shown: tuple[str, int]) -> Response:
    return let_frame(make_response(shown), site().embed_origins)
