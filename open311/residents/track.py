"""GET /track/{secret}: the page of the reporter, who needs no account, and all that they may do."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import current_app, redirect, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from open311.errors import Conflict, InvalidParameters, NotFound
from open311.media.store import photo_of
from open311.messages.problem import Problem
from open311.messages.residents import LINK_UNKNOWN, PHONE_FOR_TEXTS
from open311.operations.residents.track import (
    add_to_report,
    answer_fixed,
    hide_photo,
    hide_text,
    renew_link,
    set_updates,
    withdraw_report,
)
from open311.queries.city import City
from open311.queries.requests.conditions import gone
from open311.queries.residents.capabilities import get_reported, owns_photo
from open311.queries.residents.report_lists import BY_REPORTER
from open311.queries.residents.reports import ReportRows, find_reported
from open311.residents.comments import new_sending, said_in
from open311.residents.form_fields import typed_in
from open311.residents.pages import secret_key, site_pages
from open311.residents.record import public_photo, record
from open311.residents.reporter import acts_of, is_needed_by_others
from open311.secret_links import hash_of_token
from open311.web.catalog_words import page_words
from open311.web.languages import language
from open311.web.page_problems import page_problems
from open311.web.parameters import first, parse, sent_values
from open311.web.phone_links import text_number
from open311.web.photo_files import photo_not_found, photo_response
from open311.web.report_limits import count_deed
from open311.web.sent_media import media_store
from open311.web.site import link, sends_texts, site, site_city, site_page
from schemas.base import Values
from schemas.requests.residents import CommentSchema, FixedSchema, HideSchema, UpdatesSchema
from schemas.vocabulary.feedback import FEEDBACK_ANSWERS, NO
from schemas.vocabulary.telling import SMS

blueprint = site_pages("site_track")

Shown = tuple[str, int] | Response

DONE: Mapping[str, Any] = {
    "add": lazy_gettext("Thank you. What you added is in the list below."),
    "answer": lazy_gettext("Thank you. The city has your answer."),
    "fixed": lazy_gettext("Thank you for your answer."),
    "reopened": lazy_gettext("The request is open again."),
    "queued": lazy_gettext("Thank you. Staff will look at it."),
    "text": lazy_gettext("Your text is hidden."),
    "photo": lazy_gettext("The photo is hidden."),
    "new-link": lazy_gettext("This is your new link. The former one no longer works."),
    "email": lazy_gettext(
        "Look into your mailbox: we send you an email with a link to confirm your address."
    ),
    "email-later": lazy_gettext("Saved. We will write to you once the city sends email."),
    "texts": lazy_gettext("Saved. If this number is new to us, we text you a link to confirm it."),
    "no-texts": lazy_gettext("Saved. You get no texts about this request."),
    "no-email": lazy_gettext("Saved. You get no email about this request."),
}
"""What a page says after a form."""


@blueprint.get("/track/<secret>")
def show(secret: str) -> Shown:
    """Show a request to its reporter, published or not.

    Links of emails name the answer to "Is it fixed?" that is chosen in the form.
    """
    chosen = request.args.get("fixed")
    values = {"fixed": [chosen]} if chosen in FEEDBACK_ANSWERS else {}
    return _page(site_city(), secret, values=values)


def _page(
    city: City, secret: str, problems: Sequence[Problem] = (), values: Values | None = None
) -> tuple[str, int]:
    rows = _rows(city, secret)
    is_public = rows.one.public and all(one.id is not None for one in rows.lists["comments"])
    photo_link = public_photo if is_public else partial(_photo_link, secret)
    shown = record(city, rows, photo_link)
    return site_page(
        "track.html",
        400 if problems else 200,
        secret=secret,
        done=str(DONE.get(request.args.get("done", ""), "")),
        sending=new_sending(),
        problems=page_problems(problems),
        **typed_in(values or {}),
        **acts_of(city, rows, shown),
    )


def _rows(city: City, secret: str) -> ReportRows:
    """Return what is stored about the request of a link; raises NotFound and Gone."""
    rows = find_reported(city.scope, hash_of_token(secret))
    if rows is None:
        raise NotFound(LINK_UNKNOWN)
    if rows.one.withdrawn_at is not None:
        raise gone(rows.one.service_request_id)
    return rows


def _photo_link(secret: str, name: str) -> str:
    return link("site_track.photo", secret=secret, name=name)


@blueprint.get("/track/<secret>/photos/<name>")
def photo(secret: str, name: str) -> Response:
    """Return a photo of a request that is not published, or its thumbnail."""
    pk = get_reported(site_city().scope, secret)
    known = photo_of(name)
    if known is None or not owns_photo(pk, known):
        raise photo_not_found(name)
    return photo_response(name, "private, no-store")


@blueprint.post("/track/<secret>/add")
def add(secret: str) -> Shown:
    """Add a text or photos."""
    return _comment(secret, "add")


@blueprint.post("/track/<secret>/answer")
def answer(secret: str) -> Shown:
    """Answer the question of staff."""
    return _comment(secret, "answer")


def _comment(secret: str, act: str) -> Shown:
    city, values = site_city(), sent_values()
    pk = get_reported(city.scope, secret)
    is_over = count_deed(site(), "reaction")
    try:
        sent = parse(CommentSchema(), values)
        with said_in(city, site(), BY_REPORTER, sent, is_over=is_over) as said:
            add_to_report(city.scope, pk, said, as_answer=act == "answer")
    except (InvalidParameters, Conflict) as error:
        return _page(city, secret, error.problems, values)
    return _done(secret, act)


@blueprint.post("/track/<secret>/fixed")
def fixed(secret: str) -> Shown:
    """Store the answer to "Is it fixed?"; "no" reopens the request, if it still may."""
    return _feedback(secret)


@blueprint.post("/track/<secret>/reopen")
def reopen(secret: str) -> Shown:
    """Reopen the request: the answer "no"."""
    return _feedback(secret, fixed=[NO])


def _feedback(secret: str, **more: Sequence[str]) -> Shown:
    city, values = site_city(), {**sent_values(), **more}
    pk = get_reported(city.scope, secret)
    is_over = count_deed(site(), "reaction")
    try:
        sent = parse(FixedSchema(), values)
        with said_in(city, site(), BY_REPORTER, sent, is_over=is_over) as said:
            result = answer_fixed(city.scope, pk, sent["fixed"], said)
    except (InvalidParameters, Conflict) as error:
        return _page(city, secret, error.problems, values)
    return _done(secret, "reopened" if result.reopened else "queued" if result.queued else "fixed")


@blueprint.post("/track/<secret>/hide")
def hide(secret: str) -> Shown:
    """Hide a photo or the text, at once and without asking."""
    city, values = site_city(), sent_values()
    pk = get_reported(city.scope, secret)
    name = parse(HideSchema(), values)["photo"]
    try:
        if name:
            hide_photo(city.scope, pk, name)
        else:
            hide_text(city.scope, pk)
    except Conflict as error:
        return _page(city, secret, error.problems, values)
    return _done(secret, "photo" if name else "text")


@blueprint.post("/track/<secret>/email")
def email(secret: str) -> Shown:
    """Store the address for updates, or that there is none."""
    city, values = site_city(), sent_values()
    pk = get_reported(city.scope, secret)
    try:
        address = parse(UpdatesSchema(), values)["email"]
    except InvalidParameters as error:
        return _page(city, secret, error.problems, values)
    set_updates(city.scope, pk, address, language(), secret_key())
    saved = "email" if current_app.config["OPEN311_MAIL"] else "email-later"
    return _done(secret, saved if address else "no-email")


@blueprint.post("/track/<secret>/texts")
def texts(secret: str) -> Shown:
    """Store the phone number for text messages, or that there is none."""
    city, values = site_city(), sent_values()
    pk = get_reported(city.scope, secret)
    count_deed(site(), "reaction")
    typed = (first(values, "phone") or "").strip()
    number = text_number(typed) if typed and sends_texts() else ""
    if number is None:
        return _page(city, secret, [Problem(PHONE_FOR_TEXTS, {}, "phone")], values)
    set_updates(city.scope, pk, number, language(), secret_key(), SMS)
    return _done(secret, "texts" if number else "no-texts")


@blueprint.post("/track/<secret>/new-link")
def new_link(secret: str) -> Shown:
    """Make another link; the former one stops working."""
    scope = site_city().scope
    return _done(renew_link(scope, get_reported(scope, secret), secret_key()), "new-link")


@blueprint.get("/track/<secret>/withdraw")
def ask_to_withdraw(secret: str) -> Shown:
    """Show what a withdrawal erases, and ask."""
    city = site_city()
    rows = _rows(city, secret)
    one = {
        "service_name": page_words(city).service_name(rows.one.service_code, rows.one.service_name),
        "service_request_id": rows.one.service_request_id or "",
    }
    return site_page("withdraw.html", secret=secret, one=one, keeps=is_needed_by_others(rows))


@blueprint.post("/track/<secret>/withdraw")
def withdraw(secret: str) -> Shown:
    """Withdraw the request, or erase what was sent; without the confirmation, ask for it."""
    city, values = site_city(), sent_values()
    pk = get_reported(city.scope, secret)
    if "true" not in values.get("confirm", ()):
        return redirect(link("site_track.ask_to_withdraw", secret=secret), 303)
    photos, is_kept = withdraw_report(city.scope, pk)
    media_store().remove_photos(photos)
    kept = {"kept": "true"} if is_kept else {}
    return redirect(link("site_track.withdrawn", **kept), 303)


@blueprint.get("/track/withdrawn")
def withdrawn() -> Shown:
    """Return the page after a withdrawal; the link no longer works."""
    return site_page("withdrawn.html", kept=request.args.get("kept") == "true")


def _done(secret: str, what: str) -> Response:
    return redirect(link("site_track.show", secret=secret, done=what), 303)
