"""New service requests with their dependent rows, routed and stored; the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from geo.routing.borders import Neighbour
from open311.database import db, table
from open311.models import Reporter, ServiceRequest, ServiceRequestBoundary, StatusChange
from open311.queries.requests.due_dates import find_due
from open311.queries.routing.decide import Routing, RoutingCase, read_routing
from open311.queries.routing.neighbors import NearBorder, find_neighbours, list_near_borders
from open311.steps.requests.history import status_row
from open311.steps.requests.media import link_to, store_media
from open311.steps.requests.triage import store_near_borders, store_triage
from open311.steps.routing.places import place_rows
from open311.steps.values.submissions import Handles, Submission


def add_service_request(submission: Submission, handles: Handles, requested: datetime) -> int:
    """Route a submission by the boundaries of its date, store it, and return its primary key.

    requested is an aware datetime of whole seconds. Raises OutsideServiceArea.
    """
    jurisdiction = submission.jurisdiction
    routing = read_routing(jurisdiction, question_of(submission, requested))
    neighbours = find_neighbours(jurisdiction, routing)
    due = find_due(jurisdiction, requested, submission.service.expected_days)
    [pk] = store_routed([routed(submission, handles, requested, routing, neighbours, due)])
    return pk


def question_of(submission: Submission, requested: datetime) -> RoutingCase:
    """Return the routing case of a submission."""
    return RoutingCase(
        service_code=submission.service.service_code,
        group=submission.service.group,
        point=submission.point,
        at=requested,
        answers=submission.answers,
    )


@dataclass(frozen=True)
class RoutedSubmission:
    """A submission with its routing decision, ready to be stored."""

    submission: Submission
    handles: Handles
    requested: datetime
    routing: Routing
    neighbours: tuple[Neighbour, ...]
    borders: list[NearBorder]
    due: datetime | None

    @property
    def accuracy(self) -> float:
        return self.submission.accuracy_metres or self.submission.assumed_accuracy


def routed(
    submission: Submission,
    handles: Handles,
    requested: datetime,
    routing: Routing,
    neighbours: tuple[Neighbour, ...],
    due: datetime | None,
) -> RoutedSubmission:
    """Return a submission with its routing decision and the boundaries nearby."""
    accuracy = submission.accuracy_metres or submission.assumed_accuracy
    jurisdiction = submission.jurisdiction
    borders = list_near_borders(jurisdiction, routing, neighbours, accuracy)
    return RoutedSubmission(submission, handles, requested, routing, neighbours, borders, due)


def store_routed(several: Sequence[RoutedSubmission]) -> list[int]:
    """Store routed submissions in a few statements for all; return their primary keys."""
    statement = insert(table(ServiceRequest)).returning(
        table(ServiceRequest).c.pk, sort_by_parameter_order=True
    )
    pks = list(db.session.scalars(statement, [_row(one) for one in several]))
    opened = [_opened(pk, one.requested) for pk, one in zip(pks, several, strict=True)]
    db.session.execute(insert(table(StatusChange)), opened)
    places: list[dict[str, Any]] = []
    for pk, one in zip(pks, several, strict=True):
        places += place_rows(pk, one.routing.decision.hits, one.neighbours, one.accuracy)
        _store_rest(pk, one)
    if places:
        db.session.execute(insert(table(ServiceRequestBoundary)), places)
    return pks


def _store_rest(pk: int, one: RoutedSubmission) -> None:
    submission = one.submission
    store_near_borders(submission.jurisdiction, pk, one.borders, one.requested)
    for doubt in submission.doubts:
        store_triage(submission.jurisdiction, pk, doubt.reason, doubt.detail, one.requested)
    store_media(pk, submission.media)
    if submission.reporter:
        nobody = dict.fromkeys(_REPORTER_COLUMNS, "")
        row = {**nobody, **submission.reporter, "service_request_pk": pk}
        db.session.execute(insert(table(Reporter)), row)


def _opened(pk: int, at: datetime) -> dict[str, Any]:
    return status_row(pk, "open", "", at, opening=True)


def _row(one: RoutedSubmission) -> dict[str, Any]:
    submission, handles, decision = one.submission, one.handles, one.routing.decision
    return {
        "service_request_id": handles.service_request_id,
        "token": handles.token,
        "public": handles.public,
        "sandbox": handles.sandbox,
        "api_key_id": submission.api_key_id,
        "jurisdiction_id": submission.jurisdiction.jurisdiction_id,
        "service_id": submission.service.id,
        "department_id": decision.department_id,
        "routing_rule_id": decision.rule.rule_id if decision.rule else None,
        "routing_reason": decision.reason,
        "pinned": False,
        "location": submission.point.ewkt if submission.point else None,
        "location_from": submission.location_from if submission.point else None,
        "accuracy_metres": submission.accuracy_metres,
        "near_border": bool(one.borders),
        "address_string": submission.address_string,
        "address_id": submission.address_id,
        "zipcode": submission.zipcode,
        "description": submission.description,
        "media_url": link_to(submission.media[0]) if submission.media else "",
        "answers": submission.answers,
        "status": "open",
        "detailed_status": "open",
        "status_notes": "",
        "requested_datetime": one.requested,
        "updated_datetime": one.requested,
        "expected_datetime": one.due,
    }


_REPORTER_COLUMNS = [
    column.name for column in Reporter.__table__.columns if column.name != "service_request_pk"
]
