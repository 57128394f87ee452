"""A service request with all that belongs to it, routed and stored; the caller commits."""

from datetime import datetime

from sqlalchemy import insert

from geo.routing.decide import Decision
from open311.database import db, table
from open311.models import Reporter, ServiceRequest, StatusChange
from open311.queries.requests.due_dates import find_due
from open311.queries.routing.decide import Question, read_routing
from open311.queries.routing.neighbors import find_neighbours, list_near_borders
from open311.steps.requests.media import link_to, store_media
from open311.steps.requests.triage import store_near_borders, store_triage
from open311.steps.routing.places import store_places
from open311.steps.values.submissions import Handles, Submission
from schemas.vocabulary.statuses import OPEN_STATUSES


def add_service_request(submission: Submission, handles: Handles, requested: datetime) -> int:
    """Route a report by the boundaries of its day, store it open, and give its primary key.

    requested is an aware datetime of whole seconds. Raises OutsideServiceArea.
    """
    jurisdiction = submission.jurisdiction
    question = _question(submission, requested)
    routing = read_routing(jurisdiction, question)
    decision = routing.decision
    accuracy = submission.accuracy_metres or submission.assumed_accuracy
    neighbours = find_neighbours(jurisdiction, routing)
    borders = list_near_borders(jurisdiction, routing, neighbours, accuracy)
    pk = _insert(submission, decision, handles, requested, near_border=bool(borders))
    add_status_change(pk, "open", "", requested, opening=True)
    store_places(pk, decision.hits, neighbours, accuracy)
    store_near_borders(jurisdiction, pk, borders, requested)
    for doubt in submission.doubts:
        store_triage(jurisdiction, pk, doubt.reason, doubt.detail, requested)
    store_media(pk, submission.media)
    if submission.reporter:
        nobody = dict.fromkeys(_REPORTER_COLUMNS, "")
        row = {**nobody, **submission.reporter, "service_request_pk": pk}
        db.session.execute(insert(table(Reporter)), row)
    return pk


def _question(submission: Submission, requested: datetime) -> Question:
    return Question(
        service_code=submission.service.service_code,
        group=submission.service.group,
        point=submission.point,
        at=requested,
        answers=submission.answers,
    )


def add_status_change(
    pk: int,
    detailed_status: str,
    status_notes: str,
    changed_at: datetime,
    *,
    opening: bool = False,
    made_by: str | None = None,
) -> int:
    """Add a step to a service request's history, from which its status follows by a trigger.

    Gives the step's id. detailed_status is one of OPEN_STATUSES or CLOSED_STATUSES.
    """
    statement = insert(table(StatusChange)).values(
        service_request_pk=pk,
        status=status_of(detailed_status),
        detailed_status=detailed_status,
        status_notes=status_notes,
        changed_at=changed_at,
        opening=opening,
        made_by=made_by,
    )
    return db.session.execute(statement.returning(StatusChange.id)).scalar_one()


def status_of(detailed_status: str) -> str:
    """Give what the standard makes of a detailed status: open or closed."""
    return "open" if detailed_status in OPEN_STATUSES else "closed"


def _insert(
    submission: Submission,
    decision: Decision,
    handles: Handles,
    requested: datetime,
    *,
    near_border: bool,
) -> int:
    due = find_due(submission.jurisdiction, requested, submission.service.expected_days)
    statement = insert(table(ServiceRequest)).values(
        service_request_id=handles.service_request_id,
        token=handles.token,
        public=handles.public,
        sandbox=handles.sandbox,
        jurisdiction_id=submission.jurisdiction.jurisdiction_id,
        service_id=submission.service.id,
        department_id=decision.department_id,
        routing_rule_id=decision.rule.rule_id if decision.rule else None,
        routing_reason=decision.reason,
        pinned=False,
        location=submission.point.ewkt if submission.point else None,
        location_from=submission.location_from if submission.point else None,
        accuracy_metres=submission.accuracy_metres,
        near_border=near_border,
        address_string=submission.address_string,
        address_id=submission.address_id,
        zipcode=submission.zipcode,
        description=submission.description,
        media_url=link_to(submission.media[0]) if submission.media else "",
        answers=submission.answers,
        status="open",
        detailed_status="open",
        status_notes="",
        requested_datetime=requested,
        updated_datetime=requested,
        expected_datetime=due,
    )
    return db.session.execute(statement.returning(ServiceRequest.pk)).scalar_one()


_REPORTER_COLUMNS = [
    column.name for column in Reporter.__table__.columns if column.name != "service_request_pk"
]
