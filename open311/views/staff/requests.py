"""One service request: all that is known of it, why it came here, and what can be done."""

from datetime import UTC, datetime
from typing import Any

from flask_login import login_required
from marshmallow import Schema
from werkzeug.wrappers import Response

from geo.crs import CRS84
from open311.errors import NotAllowed, Open311Error
from open311.operations.change_status import change_status
from open311.operations.settle_department import hand_over, take_on
from open311.parameters import parse, sent_values
from open311.queries.departments import list_departments
from open311.queries.history import list_history
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.nearby import list_nearby
from open311.queries.ogc.features import get_feature
from open311.queries.ogc.sources import ALWAYS, REQUESTS, get_source
from open311.queries.retrospect import list_stored_places, look_back
from open311.queries.routed import Routed, get_routed
from open311.views.staff.pages import back_to, city, page, staff_pages, user
from schemas.staff import HandOverSchema, SeenSchema, StatusSchema, may_work
from schemas.statuses import DETAILED_STATUSES

blueprint = staff_pages("staff_requests", "/staff/requests")


@blueprint.get("/<opaque:service_request_id>")
@login_required  # type: ignore[untyped-decorator]
def show(service_request_id: str) -> str:
    """Show a service request."""
    return _show(city(), service_request_id)


@blueprint.post("/<opaque:service_request_id>/take-on")
@login_required  # type: ignore[untyped-decorator]
def accept(service_request_id: str) -> Response | tuple[str, int]:
    """Take a service request on for the department that it is with."""
    return _act(service_request_id, SeenSchema(), _take_on)


@blueprint.post("/<opaque:service_request_id>/hand-over")
@login_required  # type: ignore[untyped-decorator]
def pass_on(service_request_id: str) -> Response | tuple[str, int]:
    """Give a service request to another department, with a reason."""
    return _act(service_request_id, HandOverSchema(), _hand_over)


@blueprint.post("/<opaque:service_request_id>/status")
@login_required  # type: ignore[untyped-decorator]
def set_status(service_request_id: str) -> Response | tuple[str, int]:
    """Give a service request another status, with a note for everyone."""
    return _act(service_request_id, StatusSchema(), _set_status)


def _take_on(jurisdiction: JurisdictionInfo, id_: str, sent: dict[str, Any]) -> str:
    take_on(jurisdiction, id_, user().name, int(sent["seen"]))
    return "Taken on."


def _hand_over(jurisdiction: JurisdictionInfo, id_: str, sent: dict[str, Any]) -> str:
    department, reason = sent["department"], sent["reason"]
    routed = hand_over(jurisdiction, id_, department, reason, user().name, int(sent["seen"]))
    return f"Handed over to {routed.department}."


def _set_status(jurisdiction: JurisdictionInfo, id_: str, sent: dict[str, Any]) -> str:
    status, notes = sent["status"], sent["status_notes"].strip()
    change_status(jurisdiction, id_, status, notes, int(sent["seen"]))
    return f"The status is {status.replace('_', ' ')} now."


def _act(id_: str, schema: Schema, do: Any) -> Response | tuple[str, int]:
    """Do something to a service request, or show it again with what is in the way."""
    jurisdiction = city()
    routed = get_routed(jurisdiction, id_)
    if not _may_work(routed):
        raise NotAllowed("Your role lets you look at this service request, and not change it.")
    try:
        return back_to(id_, do(jurisdiction, id_, parse(schema, sent_values())))
    except Open311Error as error:
        return _show(jurisdiction, id_, problem=" ".join(error.sentences)), 409


def _may_work(routed: Routed) -> bool:
    return may_work(user().role, user().department_id, routed.department_id)


def _show(jurisdiction: JurisdictionInfo, id_: str, *, problem: str = "") -> str:
    source = get_source(jurisdiction, REQUESTS, ALWAYS, staff=True)
    feature = get_feature(source, id_, CRS84)
    routed = get_routed(jurisdiction, id_)
    places = list_stored_places(routed.pk)
    views = look_back(jurisdiction, routed, places, None, datetime.now(UTC))
    return page(
        "request.html",
        jurisdiction,
        one=feature["properties"],
        id=id_,
        routed=routed,
        places=places,
        views=views,
        history=list_history(routed.pk),
        nearby=list_nearby(jurisdiction, routed),
        departments=list_departments(jurisdiction.jurisdiction_id),
        statuses=DETAILED_STATUSES,
        may_work=_may_work(routed),
        problem=problem,
    )
