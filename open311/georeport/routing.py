"""GET /routing/explain: the reason for a routing decision, for staff."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from geo.coordinates import Point
from open311.georeport.explanation import explained, explained_twice, routed_document
from open311.queries.catalog.services import ServiceInfo, get_service
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import RoutingCase
from open311.queries.routing.explain import list_stored_places
from open311.queries.routing.stored import get_routed
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
        "service_request": routed_document(routed, places),
        "explanations": explained_twice(jurisdiction, routed, places, maps),
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
    )
    return {"explanations": [explained(jurisdiction, question)]}


def _answers(service: ServiceInfo, values: Values) -> dict[str, Any]:
    asked = [Asked(one["code"], one["datatype"]) for one in service.attributes]
    sent = gather_answers(values, asked)
    return {one.code: sent[parameter(one.code)] for one in asked if parameter(one.code) in sent}
