"""Read-only links to searches, for people without an account: made, listed, and revoked."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from geo.errors import InvalidFilter
from open311.errors import InvalidParameters, Open311Error
from open311.messages.problem import Problem
from open311.messages.search import VIEW_LINK_INTERNAL
from open311.operations.view_links import LONGEST, PURPOSE, make_view_link, revoke_view_link
from open311.queries.search.saved import get_area
from open311.queries.search.view_links import ViewLinkInfo, list_view_links
from open311.secret_links import hash_of_token, token_of
from open311.staff.asked import problems_of, shape_of
from open311.staff.call_saving import secret_key
from open311.staff.pages import city, city_snapshot, page, staff_pages, user
from open311.web.languages import say as _
from open311.web.parameters import first, parse, public_address, sent_values
from open311.web.search_words import search_words
from schemas.search.staff_find import FindSchema
from schemas.search.view_link import LOOK, PUBLIC_FILTERS, ViewLinkSchema, has_internal_filters

blueprint = staff_pages("staff_links", "/staff/links")

_USUAL = timedelta(days=90)


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the links, and the form to make one if there is a search for it."""
    return _page()


def _page(problems: Sequence[Problem] = ()) -> str:
    scope, values = city(), sent_values()
    today = scope.today()
    typed = {name: first(values, name) for name in ("name", "query", "expires")}
    words = _words(typed["query"] or "")
    usual = {"name": "; ".join(words)[:100], "expires": f"{today + _USUAL:%F}"}
    return page(
        "links.html",
        scope,
        problems,
        typed={**usual, **{name: value for name, value in typed.items() if value or problems}},
        is_new="query" in values,
        words=words,
        earliest=today,
        latest=today + LONGEST - timedelta(days=1),
        links=[(one, _address(one)) for one in list_view_links(user())],
    )


def _words(query: str) -> Sequence[str]:
    """Return a search in words; none if it is not one."""
    try:
        return search_words(city_snapshot(), parse(FindSchema(city().zone), parse_qs(query)))
    except Open311Error:
        return []


def _address(link: ViewLinkInfo) -> str:
    """Return the URL of a link that works; empty if the secret key has changed since."""
    token = token_of(secret_key(), PURPOSE, link.id)
    if not link.works or hash_of_token(token) != link.token_hash:
        return ""
    return f"{public_address()}{url_for('shared_views.show', secret=token)}"


@blueprint.post("/")
@login_required  # type: ignore[untyped-decorator]
def make() -> Response | tuple[str, int]:
    try:
        _make()
    except (Open311Error, InvalidFilter) as error:
        return _page(problems_of(error)), 400
    flash(_("Link made. Copy it from the list."))
    return redirect(url_for("staff_links.index"), 303)


def _make() -> None:
    asked = parse(ViewLinkSchema(city().zone), sent_values())
    search = parse(FindSchema(city().zone), parse_qs(asked["query"]))
    if has_internal_filters(search):
        raise InvalidParameters(VIEW_LINK_INTERNAL, field="query")
    shape_of(search)  # raises where the list would
    area = None if search["area"] is None else get_area(user(), search["area"])
    kept = (PUBLIC_FILTERS | LOOK) - {"area"}
    query = urlencode([pair for pair in parse_qsl(asked["query"]) if pair[0] in kept])
    name, expires_at = asked["name"].strip(), asked["expires"]
    make_view_link(user(), secret_key(), name, query, area, expires_at)


@blueprint.post("/<int(max=2147483647):link_id>/revoke")
@login_required  # type: ignore[untyped-decorator]
def revoke(link_id: int) -> Response:
    revoke_view_link(user(), link_id)
    flash(_("Link revoked."))
    return redirect(url_for("staff_links.index"), 303)
