"""Routing explanations as mappings, named as in the API."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from open311.errors import OutsideServiceArea
from open311.messages.sentences import api_sentence
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import RoutingCase, maps_of
from open311.queries.routing.explain import (
    Explanation,
    LayerView,
    Retrospect,
    StoredPlace,
    explain,
    look_back,
)
from open311.queries.routing.stored import Routed


def explained(jurisdiction: Scope, question: RoutingCase) -> dict[str, Any]:
    """Explain the routing of a case; a refused location has a reason and no department."""
    asked = _asked(jurisdiction, question)
    try:
        return {**asked, **_decided(explain(jurisdiction, question))}
    except OutsideServiceArea as error:
        return {**asked, **_refused([api_sentence(one) for one in error.problems])}


def explained_twice(
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
        **_asked(jurisdiction, view.question),
        **(_decided(view.found) if view.found else _refused(view.sentences)),
        "as_stored": not view.differences,
        "differences": view.sentences,
    }


def _asked(jurisdiction: Scope, question: RoutingCase) -> dict[str, Any]:
    return {
        "on": maps_of(jurisdiction, question).on,
        "at": question.at,
        "service_code": question.service_code,
        "lat": None if question.point is None else question.point.lat,
        "long": None if question.point is None else question.point.long,
    }


def _refused(sentences: Sequence[str]) -> dict[str, Any]:
    return {"agency_responsible": None, "reason": " ".join(sentences), "layers": [], "rules": []}


def routed_document(routed: Routed, places: Sequence[StoredPlace]) -> dict[str, Any]:
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
        "nearest_other": _nearest(place.neighbor, place.neighbor_name, place.meters),
    }


def _nearest(code: str | None, name: str | None, meters: float | None) -> dict[str, Any] | None:
    if meters is None:
        return None
    return {"code": code, "name": name, "meters": round(meters, 1)}


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
