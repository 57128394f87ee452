"""/staff/field/requests: a request on a phone, and what is done there."""

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b, sha256
from json import dumps
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_login import login_required
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from open311.database import end_reads
from open311.errors import (
    Busy,
    ChangedMeanwhile,
    Conflict,
    DoneBefore,
    NotAllowed,
    NotFound,
    Open311Error,
)
from open311.messages.people import READ_ONLY
from open311.messages.problem import Problem
from open311.messages.requests import ACTION_UNKNOWN
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS
from open311.queries.media import list_links
from open311.queries.ogc.sources import get_source
from open311.queries.requests.once import find_change_after, was_done
from open311.queries.requests.requester import REQUESTER, find_contacts, list_requesters
from open311.queries.requests.shifts import list_stops
from open311.queries.requests.staff_page import read_details
from open311.queries.requests.timeline import list_happenings
from open311.queries.routing.stored import Shown, get_routed, read_routed
from open311.queries.search.criteria import ALWAYS
from open311.roles import may_work
from open311.staff.action_input import ActionInput
from open311.staff.actions import ACTIONS
from open311.staff.directions import directions
from open311.staff.field_pages import field_page, field_pages, owner_name
from open311.staff.pages import city, city_snapshot, page, user
from open311.staff.requests import SHOWN
from open311.staff.shifts import read_shift
from open311.steps.values.once import Once
from open311.web.bodies import sent as sent_body
from open311.web.languages import say as _
from open311.web.page_problems import page_sentences
from open311.web.parameters import parse, sent_values
from schemas.base import Values
from schemas.requests.shifts import OnceSchema
from schemas.vocabulary.statuses import CLOSED_STATUSES, OPEN_STATUSES

blueprint = field_pages("staff_field", "/staff/field")

FIELD_ACTIONS = ("take-on", "status", "close", "note")
"""Actions that a phone keeps until it can send them."""

LATEST = 5
"""Entries of the history on a phone."""

STATIC = Path(__file__).parents[1] / "static"

DEVELOPMENT = 'const VERSION = "development";'
"""The line of the service worker that the server replaces."""


@blueprint.get("/requests/<opaque:service_request_id>")
@login_required  # type: ignore[untyped-decorator]
def show(service_request_id: str) -> str:
    return _page(service_request_id)


def _page(
    id_: str,
    action: str = "",
    problems: Sequence[Problem] = (),
    values: Values | None = None,
) -> str:
    jurisdiction = city()
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True, layers=city_snapshot().layers)
    columns = {name: source.properties[name].column for name in SHOWN}
    routed, one = read_routed(jurisdiction, id_, Shown(source.key, columns))
    works = may_work(user(), routed.department_id)
    details = read_details(jurisdiction, routed, for_work=works)
    contacts = find_contacts(details["contacts"]) if works else {}
    filled = values or {}
    return field_page(
        "field_request.html",
        jurisdiction,
        problems,
        one=one,
        id=id_,
        routed=routed,
        works=works,
        requester=contacts.get(REQUESTER),
        links=list_links(details["media"], one["media_url"]),
        happenings=list_happenings(details, routed)[:LATEST],
        directions=directions(routed.question.point),
        action=action,
        typed=lambda name, usual="": next(iter(filled.get(name, ())), usual or ""),
        open_statuses=OPEN_STATUSES,
        closed_statuses=CLOSED_STATUSES,
        sending=lambda form: _sending(form == action, filled),
    )


def _sending(is_again: bool, sent: Values) -> str:
    """Return the key of a form: a new one, or the former one if the form was refused."""
    former = next(iter(sent.get("sending", ())), "") if is_again else ""
    return former or str(uuid4())


@blueprint.post("/requests/<opaque:service_request_id>/<action>")
@login_required  # type: ignore[untyped-decorator]
def act(service_request_id: str, action: str) -> AnyResponse | tuple[str | AnyResponse, int]:
    """Do an action once, and answer with JSON to a script, or else with a page.

    state is done; conflict, if someone else changed the request, with what it is now; or
    refused, with the reason. seen is the change number to send with the next action; null after a
    note, which changes no number.
    """
    values = sent_values()
    by_script = request.accept_mimetypes.best == "application/json"
    try:
        done, seen = _do(city(), service_request_id, action, values)
    except Busy:
        end_reads()
        if by_script:  # the phone tries again
            return jsonify({"state": "waiting", "why": "offline"}), 503
        raise
    except Open311Error as error:
        end_reads()  # discard what the failed action began: not shown, not stored
        if by_script:
            return _refusal(service_request_id, error)
        return _page(service_request_id, action, error.problems, values), 409
    if by_script:
        return jsonify({"state": "done", "seen": seen, "said": done})
    flash(done)
    return redirect(url_for(".show", service_request_id=service_request_id), 303)


def _do(jurisdiction: Scope, id_: str, action: str, values: Values) -> tuple[str, int | None]:
    """Return what was done, and the change number of the request after it."""
    if action not in FIELD_ACTIONS:
        raise NotFound(ACTION_UNKNOWN)
    chosen = ACTIONS[action]
    sent, once = parse(chosen.schema(), values), _once(id_, action, values)
    if was_done(once.user_id, once.key, once.digest):  # whatever has happened to the request since
        return _("This was sent before."), find_change_after(once.user_id, once.key)
    routed = get_routed(jurisdiction, id_)
    if not may_work(user(), routed.department_id):
        raise NotAllowed(READ_ONLY)
    try:
        done = chosen.do(ActionInput(jurisdiction, id_, user().name, sent, once))
    except DoneBefore as before:
        return _("This was sent before."), before.change_number
    return done, find_change_after(once.user_id, once.key)


def _once(id_: str, action: str, values: Values) -> Once:
    key = parse(OnceSchema(), values)["sending"]
    fields = sorted((name, list(texts)) for name, texts in values.items() if name not in _NO_PART)
    files = [sha256(file.content).hexdigest() for file in sent_body().files]
    digest = sha256(dumps([id_, action, fields, files]).encode()).digest()
    return Once(user().id, UUID(key), digest)


_NO_PART = ("csrf_token", "seen", "sending")
"""Fields that differ each time an action is sent."""


def _refusal(id_: str, error: Open311Error) -> AnyResponse:
    is_conflict = isinstance(error, ChangedMeanwhile | Conflict)
    answer: dict[str, Any] = {
        "state": "conflict" if is_conflict else "refused",
        "said": page_sentences(error.problems),
    }
    if is_conflict:
        answer |= _now(id_)
    response = jsonify(answer)
    response.status_code = 409 if is_conflict else 422
    return response


def _now(id_: str) -> Mapping[str, Any]:
    """Return what a request is now, as a part of a page, and its change number."""
    jurisdiction = city()
    routed = get_routed(jurisdiction, id_)
    details = read_details(jurisdiction, routed, for_work=False)
    happenings = list_happenings(details, routed)[:2]
    part = page("field_now.html", jurisdiction, routed=routed, happenings=happenings)
    return {"seen": routed.change_number, "now": part}


@blueprint.get("/print")
@login_required  # type: ignore[untyped-decorator]
def printed() -> str:
    """Show a shift list for paper, with contacts of requests that the reader may work on."""
    shift = read_shift()
    stops = list_stops(shift.jurisdiction, shift.crew.id, shift.day)
    mine = [one.pk for one in stops if may_work(user(), one.department_id)]
    return page(
        "shift_print.html",
        shift.jurisdiction,
        shift=shift,
        stops=stops,
        requesters=list_requesters(mine),
    )


@blueprint.get("/token")
@login_required  # type: ignore[untyped-decorator]
def token() -> Response:
    """Return what a phone needs to send: whose session this is, and the token of its forms."""
    return jsonify({"owner": owner_name(), "csrf_token": generate_csrf()})


@blueprint.get("/offline")
def offline() -> str:
    """Return the page for what is not on the phone; the same for everyone."""
    return render_template("staff/field_offline.html")


@blueprint.get("/sw.js")
def worker() -> Response:
    """Return the service worker, whose version changes with its files."""
    script = (STATIC / "staff/field_sw.js").read_text("utf-8")
    version = _files_digest() if current_app.config["OPEN311_SERVICE_WORKER"] else "off"
    text = script.replace(DEVELOPMENT, f'const VERSION = "{version}";')
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/staff/field"
    return response


@cache
def _files_digest() -> str:
    """Return a digest of the files that pages are made from."""
    digest = blake2b(digest_size=8)
    for folder in (STATIC / "staff", STATIC.parent / "templates/staff"):
        for file in sorted(one for one in folder.iterdir() if one.is_file()):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
