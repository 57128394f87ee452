"""Page that explains where a request for a location and a service would go."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask_login import login_required

from geo.coordinates import Point
from open311.errors import Open311Error
from open311.messages.problem import Problem
from open311.queries.catalog.services import get_service, list_services
from open311.queries.jurisdictions import Scope, get_service_area_box
from open311.queries.maps.sets import Maps, list_sets_of
from open311.queries.routing.decide import RoutingCase
from open311.queries.routing.explain import Explanation, explain
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.staff.rule_choices import answer_choices
from open311.web.accuracy import tolerance_of
from open311.web.parameters import first, parse, sent_values
from schemas.base import Values
from schemas.routing.explanation import ExplainSchema

blueprint = staff_pages("staff_trying", "/staff/city/rules/try", administrators_only)

FIELDS = ("service_code", "lat", "long", "at", "on", "answered")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str | tuple[str, int]:
    """Show the form, and explain the routing of its location and service."""
    jurisdiction, values = city(), sent_values()
    if not any(first(values, name) for name in FIELDS if name != "service_code"):
        return _page(jurisdiction, values)
    try:
        return _page(jurisdiction, values, found=_explain(jurisdiction, values))
    except Open311Error as error:
        return _page(jurisdiction, values, problems=error.problems), 400


def _explain(jurisdiction: Scope, values: Values) -> Explanation:
    kept = {name: texts for name, texts in values.items() if name != "service_request_id"}
    asked = parse(ExplainSchema(jurisdiction.zone), kept)
    service = get_service(jurisdiction.jurisdiction_id, asked["service_code"])
    question = RoutingCase(
        service_code=service.service_code,
        group=service.group,
        point=Point(lat=asked["lat"], long=asked["long"]),
        at=asked["at"] or datetime.now(UTC),
        answers=_answers(first(values, "answered"), service.service_code),
        maps=None if asked["on"] is None else Maps(asked["on"]),
        tolerance=tolerance_of(None),
    )
    return explain(jurisdiction, question)


def _answers(text: str | None, service_code: str) -> dict[str, object]:
    """Return the selected answer by question; empty if it belongs to another service."""
    try:
        [of, question, answer] = json.loads(text or "null")
    except (ValueError, TypeError):
        return {}
    return {str(question): str(answer)} if of == service_code else {}


def _page(
    jurisdiction: Scope,
    values: Values,
    found: Explanation | None = None,
    problems: Sequence[Problem] = (),
) -> str:
    here = jurisdiction.jurisdiction_id
    asked: dict[str, Any] = {name: first(values, name) or "" for name in FIELDS}
    sets = list_sets_of(here, Maps(jurisdiction.today()))
    return page(
        "try.html",
        jurisdiction,
        asked=asked,
        found=found,
        problems=problems,
        services=list_services(here),
        answers=answer_choices(jurisdiction),
        bounds=",".join(map(str, get_service_area_box(here) or ())),
        outlines=[url_for("staff_set_map.outlined", set_id=one.id) for one in sets],
    )
