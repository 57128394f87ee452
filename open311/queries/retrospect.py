"""A stored service request looked at again: does it still come out as it was stored?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from geo.explaining import Difference, Outcome, list_differences
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.models import Boundary, BoundaryLayer, ServiceRequestBoundary
from open311.queries.explanation import Explanation, explain
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routed import Routed
from open311.queries.routing import Question


@dataclass(frozen=True, kw_only=True)
class StoredPlace:
    """Where a service request lies in a layer, and what is next to it, as it was stored."""

    layer: str
    boundary: str | None
    boundary_name: str | None
    neighbour: str | None
    neighbour_name: str | None
    metres: float | None


@dataclass(frozen=True)
class Retrospect:
    """A service request with the boundaries of a day; found is None where it is refused.

    differences are from what was stored; a refusal is a sentence.
    """

    question: Question
    found: Explanation | None
    differences: tuple[Difference | str, ...]


def list_stored_places(pk: int) -> list[StoredPlace]:
    """List where a service request lies as it was stored, in the order of layers."""
    inside, beside = aliased(Boundary), aliased(Boundary)
    rows = db.session.execute(
        select(
            BoundaryLayer.code.label("layer"),
            inside.code.label("boundary"),
            inside.name.label("boundary_name"),
            beside.code.label("neighbour"),
            beside.name.label("neighbour_name"),
            ServiceRequestBoundary.neighbour_metres.label("metres"),
        )
        .select_from(ServiceRequestBoundary)
        .join(BoundaryLayer, BoundaryLayer.id == ServiceRequestBoundary.layer_id)
        .outerjoin(inside, inside.id == ServiceRequestBoundary.boundary_id)
        .outerjoin(beside, beside.id == ServiceRequestBoundary.neighbour_id)
        .where(ServiceRequestBoundary.service_request_pk == pk)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    ).mappings()
    return [StoredPlace(**row) for row in rows]


def look_back(
    jurisdiction: JurisdictionInfo,
    routed: Routed,
    places: Sequence[StoredPlace],
    maps: Maps | None,
    now: datetime,
) -> tuple[Retrospect, Retrospect]:
    """Explain a service request by the maps of its day, and by these or those of today.

    Both go by the rules of today, as no others are kept, and by the moment it was made. now is
    aware.
    """
    today = maps or Maps(now.astimezone(jurisdiction.zone).date())
    inside = {one.layer: one.boundary for one in places if one.boundary is not None}
    stored = Outcome(
        routed.department_id,
        routed.department,
        routed.rule,
        routed.reason,
        inside,
        routed.is_by_person,
    )
    question = routed.question
    return (
        _look(jurisdiction, stored, question),
        _look(jurisdiction, stored, replace(question, maps=today)),
    )


def _look(jurisdiction: JurisdictionInfo, stored: Outcome, question: Question) -> Retrospect:
    try:
        found = explain(jurisdiction, question)
    except OutsideServiceArea as error:
        return Retrospect(question, None, error.sentences)
    decision = found.decision
    outcome = Outcome(
        decision.department_id,
        found.department,
        None if decision.rule is None else decision.rule.code,
        decision.reason,
        {hit.layer: hit.code for hit in decision.hits},
    )
    in_use = {view.code for view in found.rules}
    return Retrospect(question, found, list_differences(stored, outcome, in_use))
