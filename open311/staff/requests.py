"""Page of a service request: data, history, routing, and actions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.database import end_reads
from open311.errors import Gone, NotAllowed, NotFound, Open311Error
from open311.messages.people import READ_ONLY
from open311.messages.problem import Problem
from open311.messages.requests import ACTION_UNKNOWN
from open311.queries.catalog.services import list_attributes
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS
from open311.queries.media import list_links, list_photos
from open311.queries.ogc.sources import get_source
from open311.queries.requests.answers import in_words
from open311.queries.requests.erasures import find_withdrawal
from open311.queries.requests.history import is_long_ago, last_closing
from open311.queries.requests.nearby import NEARBY_METERS, list_nearby
from open311.queries.requests.requester import REQUESTER, find_contacts
from open311.queries.requests.staff_page import Lists, read_details
from open311.queries.requests.timeline import list_happenings
from open311.queries.routing.snapshot import Look, look_again
from open311.queries.routing.stored import Routed, Shown, get_routed, read_routed
from open311.queries.routing.stored_places import StoredPlace
from open311.queries.search.criteria import ALWAYS
from open311.roles import may_work
from open311.staff.action_input import ActionInput
from open311.staff.actions import ACTIONS
from open311.staff.edit_forms import edit_values
from open311.staff.first_views import note_view
from open311.staff.history_wording import ChangeWords
from open311.staff.pages import city, city_snapshot, page, staff_pages, user
from open311.staff.responses import fill_in, list_choices
from open311.staff.results import Results, read_sent_search
from open311.staff.rule_wording import RuleWording
from open311.web.languages import say as _
from open311.web.moderation_words import moderation_reason
from open311.web.parameters import parse, sent_values
from open311.web.question_problems import with_questions
from schemas.base import Values
from schemas.vocabulary.moderation import MODERATION_REASONS
from schemas.vocabulary.preferences import NEXT
from schemas.vocabulary.priorities import PRIORITIES
from schemas.vocabulary.statuses import CLOSED, CLOSED_STATUSES, OPEN_STATUSES

blueprint = staff_pages("staff_requests", "/staff/requests")


@blueprint.get("/<opaque:service_request_id>")
@login_required  # type: ignore[untyped-decorator]
def show(service_request_id: str) -> str | tuple[str, int]:
    """Return the page of a request; of a withdrawn one, what is left (status 410)."""
    jurisdiction = city()
    try:
        return _show(jurisdiction, service_request_id)
    except Gone:
        left = find_withdrawal(jurisdiction, service_request_id)
        led_by = read_sent_search(sent_values())
        return page(
            "withdrawn.html",
            jurisdiction,
            id=service_request_id,
            withdrawal=left,
            results=led_by and led_by.results_here(),
        ), 410


@blueprint.post("/<opaque:service_request_id>/<action>")
@login_required  # type: ignore[untyped-decorator]
def act(service_request_id: str, action: str) -> Response | tuple[str, int]:
    """Run an action, or show the page again with its problems (status 409).

    With the button fill, show the page with the chosen response template in its form.
    """
    if action not in ACTIONS:
        raise NotFound(ACTION_UNKNOWN)
    jurisdiction = city()
    routed = get_routed(jurisdiction, service_request_id)
    if not may_work(user(), routed.department_id):
        raise NotAllowed(READ_ONLY)
    chosen, values = ACTIONS[action], sent_values()
    if chosen.refusal is not None and user().role != "administrator":
        raise NotAllowed(chosen.refusal)
    if "fill" in values:
        return _show(jurisdiction, service_request_id, action, (), values), 200
    try:
        sent = parse(chosen.schema(), values)
        done = chosen.do(ActionInput(jurisdiction, service_request_id, user().name, sent))
    except Open311Error as error:
        end_reads()  # discard what the failed action began: not shown, not stored
        return _show(jurisdiction, service_request_id, action, error.problems, values), 409
    flash(done, service_request_id)
    return redirect(_after(service_request_id, values, is_done=chosen.is_last), 303)


def _after(service_request_id: str, values: Values, *, is_done: bool) -> str:
    """Return the URL of the page that follows an action: this request, or the next of a search."""
    led_by = read_sent_search(values)
    if led_by is None:
        return url_for(".show", service_request_id=service_request_id)
    if is_done and user().after_action == NEXT:
        results = led_by.results_here()
        if results.neighbors.next is not None:
            return results.address_of(results.neighbors.next)
        if led_by.position is not None:
            flash(_("This was the last request of the search."))
    return led_by.here(service_request_id)


SHOWN = (
    *("service_request_id", "status", "detailed_status", "service_code", "service_name"),
    *("description", "address", "zipcode", "agency_responsible", "assigned_to", "media_url"),
    *("submitted_datetime", "updated_datetime", "expected_datetime", "overdue", "waits"),
    *("waits_for", "duplicate_of", "published", "pinned", "held_since", "channel"),
    "first_viewed_datetime",
    *("priority", "tags"),
)


def _show(
    jurisdiction: Scope,
    id_: str,
    action: str = "",
    problems: Sequence[Problem] = (),
    values: Mapping[str, Sequence[str]] | None = None,
) -> str:
    known = city_snapshot()
    routed, one, results = _read(jurisdiction, known, id_)
    works = may_work(user(), routed.department_id)
    details = read_details(jurisdiction, routed, for_work=works)
    choices = _choices(known, routed, details, one) if works else {}
    filled = _filled(values or {}, choices)
    edits = edit_values(known, jurisdiction, action, filled, routed.question.answers)
    if works:
        note_view(routed.pk, one["first_viewed_datetime"])
    return page(
        "request.html",
        jurisdiction,
        one=one,
        id=id_,
        rule_words=RuleWording(jurisdiction, known),
        routed=routed,
        works=works,
        results=results,
        action=action,
        problems=with_questions(problems, edits["edited"]["questions"]),
        typed=lambda name, usual="": next(iter(filled.get(name, ())), usual or ""),
        nearby=list_nearby(jurisdiction, routed),
        nearby_within=NEARBY_METERS[jurisdiction.units],
        reasons=MODERATION_REASONS,
        moderation_reason=moderation_reason,
        changes=ChangeWords(known, jurisdiction.units),
        **_listed(known, routed, details, one),
        **_explained(known, routed, details),
        **_linked(routed, details),
        **edits,
        **choices,
    )


def _filled(values: Values, choices: Mapping[str, Any]) -> Values:
    """Return what a form was sent with, and the chosen response template in it."""
    return fill_in(values, choices.get("responses", ())) if "fill" in values else values


def _read(
    jurisdiction: Scope, known: City, id_: str
) -> tuple[Routed, dict[str, Any], Results | None]:
    """Return a request, the values of SHOWN, and the results of the search that led to it."""
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True, layers=known.layers)
    columns = {name: source.properties[name].column for name in SHOWN}
    led_by = read_sent_search(sent_values())
    if led_by is None:
        return *read_routed(jurisdiction, id_, Shown(source.key, columns)), None
    columns["sort_key"] = led_by.key
    shown = Shown((source.key, led_by.order_name), columns)
    routed, one = read_routed(jurisdiction, id_, shown)
    return routed, one, led_by.results_from(routed.pk, one["sort_key"])


def _listed(known: City, routed: Routed, details: Lists, one: Mapping[str, Any]) -> dict[str, Any]:
    """Return what belongs to the request: its photos, its history, and what was sent."""
    return {
        "links": list_links(details["media"], one["media_url"]),
        "photos": list_photos(details["media"]),
        "happenings": list_happenings(details, routed),
        "answers": in_words(_attributes(known, routed), routed.question.answers),
        "supports": details["supports"][0].number,
        "spoken": next((row.language for row in details["intake"]), ""),
        **{name: details[name] for name in ("holds", "messages", "forwardings", "legal_holds")},
    }


def _attributes(known: City, routed: Routed) -> Sequence[Mapping[str, Any]]:
    """Return the questions of the service, which may no longer be active."""
    service = known.services.get(routed.question.service_code)
    if service is not None:
        return service.attributes
    return list_attributes([routed.service_id]).get(routed.service_id, [])


def _explained(known: City, routed: Routed, details: Lists) -> dict[str, Any]:
    """Return why the request has its department, by the rules of its own day and of today."""
    places = [StoredPlace(**row._asdict()) for row in details["places"]]
    looks = look_again(known, routed, places, datetime.now(UTC))
    return {
        "places": places,
        "looks": looks,
        "decided": _decided(routed, places, looks[0]),
        "rules": known.guide.rules,
        "service_names": {one.id: one.service_name for one in known.service_names},
        "layers": known.layers,
    }


def _decided(routed: Routed, places: Sequence[StoredPlace], look: Look) -> tuple[str, str] | None:
    """Return the layer and code of the boundary that the rule matched; None if there is none."""
    rule = look.decision.rule if look.decision else None
    if rule is None or rule.code != routed.rule:
        return None
    here = ((one.layer, one.boundary) for one in places if one.layer == rule.layer)
    return next(((layer, code) for layer, code in here if code is not None), None)


def _linked(routed: Routed, details: Lists) -> dict[str, Any]:
    """Return the requests that this one is linked to."""
    [main], [continues], [later] = (
        details[name] or [None] for name in ("main", "continues", "continued_as")
    )
    return {
        "main": main,
        "continues": continues,
        "continued_as": later.service_request_id if later and routed.status == CLOSED else None,
        "duplicates": details["duplicates"],
    }


def _choices(known: City, routed: Routed, details: Lists, one: Mapping[str, Any]) -> dict[str, Any]:
    """Return the choices of the forms, and the contact data of the public."""
    contacts = find_contacts(details["contacts"])
    languages = (*details["intake"], *details["languages"])
    requester = next((row.language for row in languages), None)
    return {
        "reporter": contacts.get(REQUESTER),
        "contacts": contacts,
        "responses": list_choices(known, one, routed, details["responses"], requester),
        "departments": known.departments,
        "services": known.listed_services,
        "priorities": PRIORITIES,
        "known_tags": [row.name for row in details["tags"]],
        "people": [
            one.name for one in details["colleagues"] if may_work(one, routed.department_id)
        ],
        "open_statuses": OPEN_STATUSES,
        "closed_statuses": CLOSED_STATUSES,
        "closed_long_ago": _continues_when_reopened(known, routed, details["statuses"]),
    }


def _continues_when_reopened(known: City, routed: Routed, statuses: Sequence[Any]) -> bool:
    """Return the same as is_closed_long_ago, which the operation asks."""
    if not routed.has_number or routed.question.service_code not in known.services:
        return False
    closed_at = last_closing((one.status, one.changed_at) for one in statuses)
    return routed.status == CLOSED and is_long_ago(known.scope, closed_at)
