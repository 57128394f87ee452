"""Explanations as they are shown: mappings named as in the API."""

from datetime import UTC, datetime
from typing import Any

from open311.errors import OutsideServiceArea
from open311.queries.explanation import Explanation, LayerView, explain
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routed import Routed
from open311.queries.routing import Question, maps_of


def explained(jurisdiction: JurisdictionInfo, question: Question) -> dict[str, Any]:
    """Explain where a question leads; a place that is refused has no department, but a reason."""
    asked = {
        "on": maps_of(jurisdiction, question).on,
        "service_code": question.service_code,
        "lat": None if question.point is None else question.point.lat,
        "long": None if question.point is None else question.point.long,
    }
    try:
        found = explain(jurisdiction, question)
    except OutsideServiceArea as error:
        refused = {"agency_responsible": None, "reason": error.sentences[0]}
        return {**asked, **refused, "layers": [], "rules": []}
    return {**asked, **_decided(found)}


def explained_twice(
    jurisdiction: JurisdictionInfo, routed: Routed, maps: Maps | None
) -> list[dict[str, Any]]:
    """Explain a service request as on its day, and by today's maps and rules, or by others."""
    question = routed.question
    now = datetime.now(UTC)
    today = Question(**{**vars(question), "at": now, "maps": maps})
    return [explained(jurisdiction, question), explained(jurisdiction, today)]


def routed_document(routed: Routed) -> dict[str, Any]:
    """Give what is stored of how a service request was routed."""
    return {
        "service_request_id": routed.service_request_id,
        "agency_responsible": routed.department,
        "rule": routed.rule,
        "reason": routed.reason,
        "pinned": routed.pinned,
        "near_border": routed.near_border,
        "accepted_datetime": routed.accepted_at,
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
    stored, other = view.stored, view.neighbour
    return {
        "layer": view.layer,
        "boundary_set": None
        if stored is None
        else {
            "number": stored.id,
            "source": stored.source,
            "licence": stored.licence,
            "vintage": stored.vintage,
            "in_force_from": stored.in_force_from,
            "in_force_until": stored.in_force_until,
        },
        "covering": [hit.code for hit in view.covering],
        "boundary": None if view.hit is None else view.hit.code,
        "nearest_other": None
        if other is None
        else {"code": other.code, "name": other.name, "metres": round(other.metres, 1)},
    }
