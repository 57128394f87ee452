"""Page of a service request: data, history, routing, and actions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_login import login_required
from werkzeug.wrappers import Response

from geo.crs import CRS84
from open311.database import end_reads
from open311.errors import Gone, NotAllowed, NotFound, Open311Error
from open311.messages.people import ADMINISTRATORS_ERASE, READ_ONLY
from open311.messages.problem import Problem
from open311.messages.requests import ACTION_UNKNOWN
from open311.queries.catalog.departments import list_departments
from open311.queries.catalog.services import list_services
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS, list_layers
from open311.queries.media import list_links
from open311.queries.ogc.features import get_feature
from open311.queries.ogc.sources import get_source
from open311.queries.people.users import list_users
from open311.queries.requests.answers import list_answers
from open311.queries.requests.erasures import find_withdrawal
from open311.queries.requests.history import is_closed_long_ago
from open311.queries.requests.nearby import (
    NEARBY_METERS,
    find_continuation,
    find_linked,
    list_duplicates,
    list_nearby,
)
from open311.queries.requests.requester import REQUESTER, find_contacts
from open311.queries.requests.timeline import list_happenings
from open311.queries.routing.explain import Retrospect, StoredPlace, list_stored_places, look_back
from open311.queries.routing.stored import Routed, get_routed
from open311.queries.search.criteria import ALWAYS
from open311.roles import may_work
from open311.staff.actions import ACTIONS, ActionInput
from open311.staff.pages import back_to, city, page, staff_pages, user
from open311.staff.rule_wording import RuleWording
from open311.web.parameters import parse, sent_values
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
        return page("withdrawn.html", jurisdiction, id=service_request_id, withdrawal=left), 410


@blueprint.post("/<opaque:service_request_id>/<action>")
@login_required  # type: ignore[untyped-decorator]
def act(service_request_id: str, action: str) -> Response | tuple[str, int]:
    """Run an action, or show the page again with its problems (status 409)."""
    if action not in ACTIONS:
        raise NotFound(ACTION_UNKNOWN)
    jurisdiction = city()
    routed = get_routed(jurisdiction, service_request_id)
    if not may_work(user(), routed.department_id):
        raise NotAllowed(READ_ONLY)
    chosen, values = ACTIONS[action], sent_values()
    if chosen.for_administrators and user().role != "administrator":
        raise NotAllowed(ADMINISTRATORS_ERASE)
    try:
        sent = parse(chosen.schema(), values)
        done = chosen.do(ActionInput(jurisdiction, service_request_id, user().name, sent))
        return back_to(service_request_id, done)
    except Open311Error as error:
        end_reads()  # discard what the failed action began: not shown, not stored
        return _show(jurisdiction, service_request_id, action, error.problems, values), 409


def _show(
    jurisdiction: Scope,
    id_: str,
    action: str = "",
    problems: Sequence[Problem] = (),
    values: Mapping[str, Sequence[str]] | None = None,
) -> str:
    routed = get_routed(jurisdiction, id_)
    layers = list_layers(jurisdiction.jurisdiction_id)
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True, layers=layers)
    feature = get_feature(source, id_, CRS84)
    works = may_work(user(), routed.department_id)
    return page(
        "request.html",
        jurisdiction,
        one=feature["properties"],
        id=id_,
        layers=layers,
        rule_words=RuleWording(jurisdiction, layers),
        routed=routed,
        works=works,
        answers=list_answers(
            jurisdiction.jurisdiction_id, routed.question.service_code, routed.question.answers
        ),
        action=action,
        problems=problems,
        typed=lambda name, usual="": next(iter((values or {}).get(name, ())), usual or ""),
        **_explained(jurisdiction, routed),
        **_around(jurisdiction, routed),
        **(_choices(jurisdiction, routed) if works else {}),
    )


def _explained(jurisdiction: Scope, routed: Routed) -> dict[str, Any]:
    """Return why the request has its department, by the rules of its own day and of today."""
    places = list_stored_places(routed.pk)
    views = look_back(jurisdiction, routed, places, None, datetime.now(UTC))
    found = views[0].found or views[1].found
    return {
        "places": places,
        "looks": views,
        "decided": _decided(routed, places, views[0]),
        "rules": [view.rule for view in found.rules] if found else [],
    }


def _decided(
    routed: Routed, places: Sequence[StoredPlace], look: Retrospect
) -> tuple[str, str] | None:
    """Return the layer and code of the boundary that the rule matched; None if there is none."""
    rule = look.found.decision.rule if look.found else None
    if rule is None or rule.code != routed.rule:
        return None
    here = ((one.layer, one.boundary) for one in places if one.layer == rule.layer)
    return next(((layer, code) for layer, code in here if code is not None), None)


def _around(jurisdiction: Scope, routed: Routed) -> dict[str, Any]:
    """Return photos, history, nearby requests, and duplicates of the request."""
    return {
        "links": list_links(routed.pk, jurisdiction.public_url),
        "happenings": list_happenings(routed.pk, routed.steps),
        "nearby": list_nearby(jurisdiction, routed),
        "nearby_within": NEARBY_METERS[jurisdiction.units],
        "main": find_linked(routed.duplicate_of_pk),
        "continues": find_linked(routed.continues_pk),
        "continued_as": find_continuation(jurisdiction, routed.pk)
        if routed.status == CLOSED
        else None,
        "duplicates": list_duplicates(routed.pk),
    }


def _choices(jurisdiction: Scope, routed: Routed) -> dict[str, Any]:
    """Return the choices of the forms, and the contact data of the public."""
    id_, contacts = jurisdiction.jurisdiction_id, find_contacts(routed.pk)
    return {
        "reporter": contacts.get(REQUESTER),
        "contacts": contacts,
        "departments": list_departments(id_),
        "services": list_services(id_),
        "people": [
            one.name
            for one in list_users(id_)
            if one.disabled_at is None and may_work(one, routed.department_id)
        ],
        "open_statuses": OPEN_STATUSES,
        "closed_statuses": CLOSED_STATUSES,
        "closed_long_ago": routed.status == CLOSED and is_closed_long_ago(jurisdiction, routed.pk),
    }
