"""GET /r/{id}: the public page of a request, and what anyone may do there."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from open311.errors import Conflict, InvalidParameters, NotFound, Open311Error
from open311.messages.problem import Problem
from open311.messages.requests import REQUEST_UNKNOWN
from open311.operations.residents.reactions import flag_request, follow_request, join_request
from open311.queries.city import City
from open311.queries.imports import find_current_ids
from open311.queries.requests.conditions import gone
from open311.queries.residents.report_lists import BY_SUPPORTER
from open311.queries.residents.reports import ReportRows, find_public_report
from open311.residents.comments import is_trapped, new_sending, said_in
from open311.residents.devices import device, remember
from open311.residents.form_fields import typed_in
from open311.residents.pages import secret_key, site_pages
from open311.residents.record import is_closed, qr_code, record
from open311.web.languages import language
from open311.web.page_problems import page_problems
from open311.web.parameters import parse, sent_values
from open311.web.report_limits import count_deed
from open311.web.site import link, site, site_address, site_city, site_page
from schemas.base import Values
from schemas.requests.residents import CommentSchema, FlagSchema, FollowSchema

blueprint = site_pages("site_requests")

Shown = tuple[str, int] | Response

DONE = ("me-too", "follow", "flag")
"""What the page thanks for."""


@blueprint.get("/r/<opaque:service_request_id>")
def show(service_request_id: str) -> Shown:
    """Show a published request; the number of an imported one on its former server leads to it."""
    city = site_city()
    rows = find_public_report(city.scope, service_request_id)
    if rows is None:
        current = find_current_ids(city.scope, [service_request_id])
        if not current:
            raise NotFound(REQUEST_UNKNOWN, id=service_request_id)
        return redirect(_page_of(next(iter(current.values()))))
    return _page(city, rows)


def _page(
    city: City, rows: ReportRows, problems: Sequence[Problem] = (), values: Values | None = None
) -> tuple[str, int]:
    """Return the page, after an error with its problems and what was typed."""
    one = rows.one
    if one.withdrawn_at is not None:
        raise gone(one.service_request_id)
    done = request.args.get("done", "")
    path = url_for("site_requests.show", service_request_id=one.service_request_id)
    shown = record(city, rows)
    return site_page(
        "request.html",
        400 if problems else 200,
        one={**shown, "qr": qr_code(f"{site_address(site())}{path}")},
        image=_image(shown),
        closed=is_closed(rows),
        done=done if done in DONE else "",
        sending=new_sending(),
        problems=page_problems(problems),
        **typed_in(values or {}),
    )


def _image(shown: Mapping[str, Any]) -> str:
    """Return the link of the picture that other sites show: its thumbnail, or the city's logo."""
    here = site()
    if shown["photos"]:
        return f"{site_address(here)}{shown['photos'][0][2]}"
    return f"{site_address(here)}{url_for('site_files.logo')}" if here.logo else ""


def _page_of(service_request_id: str, **query: str) -> str:
    return link("site_requests.show", service_request_id=service_request_id, **query)


@blueprint.post("/r/<opaque:service_request_id>/me-too")
def join(service_request_id: str) -> Shown:
    """Count that someone has the same problem; the only form that sets a cookie."""
    city, here, values = site_city(), site(), sent_values()
    is_over = count_deed(here, "reaction")
    name = device()
    if not is_trapped(values):
        try:
            sent = parse(CommentSchema(), values)
            with said_in(
                city, here, BY_SUPPORTER, sent, looks_at_photos=True, is_over=is_over
            ) as said:
                join_request(city.scope, service_request_id, name, secret_key(), said)
        except (InvalidParameters, Conflict) as error:
            return _again(city, service_request_id, error, values)
    return remember(_done(service_request_id, "me-too"), name)


@blueprint.post("/r/<opaque:service_request_id>/follow")
def follow(service_request_id: str) -> Shown:
    """Subscribe an address to a request."""
    city, values = site_city(), sent_values()
    count_deed(site(), "reaction")
    if not is_trapped(values):
        try:
            email = parse(FollowSchema(), values)["email"]
        except InvalidParameters as error:
            return _again(city, service_request_id, error, values)
        follow_request(city.scope, service_request_id, email, language(), secret_key())
    return _done(service_request_id, "follow")


@blueprint.post("/r/<opaque:service_request_id>/flag")
def flag(service_request_id: str) -> Shown:
    """Queue the request for review, because something is wrong with the page."""
    city, values = site_city(), sent_values()
    count_deed(site(), "reaction")
    if not is_trapped(values):
        try:
            sent = parse(FlagSchema(), values)
        except InvalidParameters as error:
            return _again(city, service_request_id, error, values)
        flag_request(city.scope, service_request_id, sent["reason"], sent["text"])
    return _done(service_request_id, "flag")


def _again(city: City, service_request_id: str, error: Open311Error, values: Values) -> Shown:
    """Return the page with the problems of a form; raises the error if there is no page."""
    rows = find_public_report(city.scope, service_request_id)
    if rows is None:
        raise NotFound(REQUEST_UNKNOWN, id=service_request_id)
    return _page(city, rows, error.problems, values)


def _done(service_request_id: str, what: str) -> Response:
    return redirect(_page_of(service_request_id, done=what), 303)
