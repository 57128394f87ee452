"""GET /routing/explain: the reason for a routing decision, for staff."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from geo.coordinates import Point
from open311.errors import OutsideServiceArea
from open311.messages.sentences import api_sentence
from open311.queries.catalog.services import ServiceInfo, get_service
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import RoutingCase, maps_of
from open311.queries.routing.explain import Explanation, LayerView, Retrospect, look_back
from open311.queries.routing.explain import explain as explain_case
from open311.queries.routing.stored import Routed, get_routed
from open311.queries.routing.stored_places import StoredPlace, list_stored_places
from open311.web.accuracy import tolerance_of
from open311.web.auth import check_key_is_for, check_key_may, sender
from open311.web.formats import respond
from open311.web.parameters import chosen_jurisdiction, parse, sent_values
from schemas.base import Values
from schemas.requests.answers import Question as Asked
from schemas.requests.answers import gather_answers, parameter
from schemas.routing.explanation import AnswerSchema, ExplainSchema

blueprint = Blueprint("routing", __name__)


@blueprint.get("/routing/explain")
def explain() -> Response:
    """Explain the routing of a stored service request, or of a service at a location.

    Requires an API key with the `staff` right.
    """
    values = sent_values()
    owner = sender(values)
    check_key_may(owner, "staff")
    jurisdiction = chosen_jurisdiction(values)
    check_key_is_for(jurisdiction, owner)
    asked = parse(ExplainSchema(jurisdiction.zone), values)
    maps = None if asked["on"] is None else Maps(asked["on"])
    document = _of_stored(jurisdiction, asked, maps) or _of_place(jurisdiction, asked, maps, values)
    return respond("json", "explanation", AnswerSchema().dump(document))


@blueprint.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Forbid caching of content that is restricted to staff, and of refusals."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _of_stored(
    jurisdiction: Scope, asked: dict[str, Any], maps: Maps | None
) -> dict[str, Any] | None:
    if asked["service_request_id"] is None:
        return None
    routed = get_routed(jurisdiction, asked["service_request_id"])
    places = list_stored_places(routed.pk)
    return {
        "service_request": _routed_document(routed, places),
        "explanations": _explained_twice(jurisdiction, routed, places, maps),
    }


def _of_place(
    jurisdiction: Scope, asked: dict[str, Any], maps: Maps | None, values: Values
) -> dict[str, Any]:
    service = get_service(jurisdiction.jurisdiction_id, asked["service_code"])
    question = RoutingCase(
        service_code=service.service_code,
        group=service.group,
        point=Point(lat=asked["lat"], long=asked["long"]),
        at=asked["at"] or datetime.now(UTC),
        answers=_answers(service, values),
        maps=maps,
        tolerance=tolerance_of(None),
    )
    return {"explanations": [_explained(jurisdiction, question)]}


def _answers(service: ServiceInfo, values: Values) -> dict[str, Any]:
    asked = [Asked(one["code"], one["datatype"]) for one in service.attributes]
    sent = gather_answers(values, asked)
    return {one.code: sent[parameter(one.code)] for one in asked if parameter(one.code) in sent}


def _explained(jurisdiction: Scope, question: RoutingCase) -> dict[str, Any]:
    """Explain the routing of a case; a refused location has a reason and no department."""
    case = _case(jurisdiction, question)
    try:
        return {**case, **_decided(explain_case(jurisdiction, question))}
    except OutsideServiceArea as error:
        return {**case, **_refused([api_sentence(one) for one in error.problems])}


def _explained_twice(
    jurisdiction: Scope,
    routed: Routed,
    places: Sequence[StoredPlace],
    maps: Maps | None,
) -> list[dict[str, Any]]:
    """Explain a service request by the boundaries of its date, and by current or other ones."""
    views = look_back(jurisdiction, routed, places, maps, datetime.now(UTC))
    return [_looked_back(jurisdiction, view) for view in views]


def _looked_back(jurisdiction: Scope, view: Retrospect) -> dict[str, Any]:
    return {
        **_case(jurisdiction, view.question),
        **(_decided(view.found) if view.found else _refused(view.sentences)),
        "as_stored": not view.differences,
        "differences": view.sentences,
    }


def _case(jurisdiction: Scope, question: RoutingCase) -> dict[str, Any]:
    return {
        "on": maps_of(jurisdiction, question).on,
        "at": question.at,
        "service_code": question.service_code,
        "lat": None if question.point is None else question.point.lat,
        "long": None if question.point is None else question.point.long,
    }


def _decided(found: Explanation) -> dict[str, Any]:
    return {
        "agency_responsible": found.department,
        "reason": found.decision.reason,
        "layers": [_layer(view) for view in found.layers],
        "rules": [
            {
                "rule": view.code,
                "agency_responsible": view.department,
                "decides": view.decides,
                "applies": view.applies,
                "reason": view.reason,
            }
            for view in found.rules
        ],
    }


def _layer(view: LayerView) -> dict[str, Any]:
    stored, other = view.stored, view.neighbor
    return {
        "layer": view.layer,
        "boundary_set": None
        if stored is None
        else {
            "number": stored.id,
            "source": stored.source,
            "license": stored.license,
            "vintage": stored.vintage,
            "in_force_from": stored.in_force_from,
            "in_force_until": stored.in_force_until,
        },
        "covering": [hit.code for hit in view.covering],
        "boundary": None if view.hit is None else view.hit.code,
        "boundary_name": None if view.hit is None else view.hit.name,
        "tie_break": view.tie_break,
        "nearest_other": other and _nearest(other.code, other.name, other.meters),
    }


def _refused(sentences: Sequence[str]) -> dict[str, Any]:
    return {"agency_responsible": None, "reason": " ".join(sentences), "layers": [], "rules": []}


def _routed_document(routed: Routed, places: Sequence[StoredPlace]) -> dict[str, Any]:
    """Return the stored routing of a service request."""
    return {
        "service_request_id": routed.service_request_id,
        "agency_responsible": routed.department,
        "rule": routed.rule,
        "reason": routed.reason,
        "pinned": routed.pinned,
        "near_border": routed.near_border,
        "accepted_datetime": routed.accepted_at,
        "layers": [_stored_place(place) for place in places],
        "steps": [
            {
                "kind": step.kind,
                "from_agency": step.from_department,
                "to_agency": step.to_department,
                "reason": step.reason,
                "made_datetime": step.made_at,
                "made_by": step.made_by,
            }
            for step in routed.steps
        ],
    }


def _stored_place(place: StoredPlace) -> dict[str, Any]:
    return {
        "layer": place.layer,
        "boundary": place.boundary,
        "boundary_name": place.boundary_name,
        "others": list(place.others),
        "nearest_other": _nearest(place.neighbor, place.neighbor_name, place.meters),
    }


def _nearest(code: str | None, name: str | None, meters: float | None) -> dict[str, Any] | None:
    if meters is None:
        return None
    return {"code": code, "name": name, "meters": round(meters, 1)}
