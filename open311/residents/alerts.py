"""GET and POST /follow: get emails about requests in a part of the city."""

from collections.abc import Sequence

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from open311.errors import NotFound, Open311Error
from open311.messages.problem import Problem
from open311.messages.residents import PAGE_UNKNOWN
from open311.operations.residents.alerts import request_alert
from open311.queries.city import City
from open311.residents.alert_form import choices, first_values, matches, wish_of
from open311.residents.comments import is_trapped
from open311.residents.form_fields import typed_in
from open311.residents.pages import mark_unlisted, secret_key, site_pages
from open311.web.freshness import check_current, fresh
from open311.web.languages import language
from open311.web.page_problems import page_problems
from open311.web.parameters import first, parse, sent_values
from open311.web.report_limits import count_deed
from open311.web.site import link, site, site_city, site_page
from open311.web.site_map import site_base_map
from schemas.base import Values
from schemas.requests.alerts import AlertSchema
from schemas.vocabulary.alerts import CIRCLE

blueprint = site_pages("site_alerts")
blueprint.after_request(mark_unlisted)

Shown = tuple[str, int] | Response


def check_sends_email() -> None:
    """Raise NotFound where no email is configured: nobody could get any."""
    if current_app.config["OPEN311_MAIL"] is None:
        raise NotFound(PAGE_UNKNOWN)


@blueprint.get("/follow")
@fresh
def show() -> Shown:
    """Show the form, with the filters of a list that a link has; or that an email comes."""
    check_sends_email()
    city = site_city()
    shown = _page(city, first_values(city, sent_values()), is_done="done" in request.args)
    check_current()
    return shown


@blueprint.post("/follow")
def ask() -> Shown:
    """Store an alert, whose address gets an email with a link to confirm it."""
    check_sends_email()
    city, values = site_city(), sent_values()
    count_deed(site(), "reaction")
    if not is_trapped(values):
        try:
            sent = parse(AlertSchema(), values)
            wish = wish_of(city, sent)
        except Open311Error as error:
            meant = first(values, "meant")
            shown = {**values, "address": [meant]} if meant else values
            return _page(city, shown, error.problems)
        request_alert(city.scope, sent["email"], language(), wish, secret_key())
    return redirect(link("site_alerts.show", done="1"), 303)


def _page(
    city: City,
    values: Values,
    problems: Sequence[Problem] = (),
    *,
    is_done: bool = False,
) -> tuple[str, int]:
    """Return the page, with the problems of the form and what was typed."""
    typed = {name: next(iter(texts), "") for name, texts in values.items()}
    is_unclear = any(one.field == "address" for one in problems) and typed.get("where") == CIRCLE
    return site_page(
        "alerts.html",
        400 if problems else 200,
        here="requests",
        problems=page_problems(problems),
        is_done=is_done,
        matches=matches(city, first(values, "address") or "") if is_unclear else [],
        center=_center(city),
        layers=[one.drawn for one in city.layers],
        base_map=site_base_map(),
        **choices(city, typed),
        **typed_in(values),
    )


def _center(city: City) -> str:
    """Return west, south, east, and north of the city for the map; empty if that is unknown."""
    return "" if city.service_area is None else ",".join(map(str, city.service_area.bounds))
