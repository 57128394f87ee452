"""A service request with all that belongs to it, routed and stored; the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from geo.borders import ASSUMED_ACCURACY, Neighbour
from geo.coordinates import Point
from geo.doubts import Doubt
from geo.routing import Decision
from open311.database import db, table
from open311.models import Reporter, ServiceRequest, ServiceRequestBoundary, StatusChange
from open311.operations.status_steps import status_row
from open311.operations.store_media import Medium, link_to, store_media
from open311.operations.store_places import place_rows
from open311.operations.triage import store_near_borders, store_triage
from open311.queries.borders import NearBorder, list_near_borders
from open311.queries.due import find_due
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.neighbours import find_neighbours
from open311.queries.routing import Question, route
from open311.queries.services import ServiceInfo


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A checked report. reporter holds only what was told, by the names of Reporter's columns.

    accuracy_metres is how far the place may be off as the client says, assumed_accuracy where it
    does not.

    doubts are about the place, for the triage queue.

    media are in the order in which they are shown; the files of the photos among them are written.
    """

    jurisdiction: JurisdictionInfo
    service: ServiceInfo
    point: Point | None = None
    location_from: str = "client"
    accuracy_metres: float | None = None
    assumed_accuracy: float = ASSUMED_ACCURACY
    doubts: Sequence[Doubt] = ()
    address_string: str = ""
    address_id: str = ""
    zipcode: str = ""
    description: str = ""
    media: Sequence[Medium] = ()
    answers: dict[str, Any] = field(default_factory=dict)
    reporter: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Handles:
    """What a service request is known by, and whether it is published."""

    service_request_id: str | None = None
    token: str | None = None
    public: bool = False
    sandbox: bool = False


def add_service_request(submission: Submission, handles: Handles, requested: datetime) -> int:
    """Route a report by the boundaries of its day, store it open, and give its primary key.

    requested is an aware datetime of whole seconds. Raises OutsideServiceArea.
    """
    jurisdiction = submission.jurisdiction
    question = question_of(submission, requested)
    decision = route(jurisdiction, question)
    neighbours = find_neighbours(jurisdiction, question, decision)
    due = find_due(jurisdiction, requested, submission.service.expected_days)
    [pk] = store_routed([routed(submission, handles, requested, decision, neighbours, due)])
    return pk


def question_of(submission: Submission, requested: datetime) -> Question:
    """Return what the routing is asked for a report."""
    return Question(
        service_code=submission.service.service_code,
        group=submission.service.group,
        point=submission.point,
        at=requested,
        answers=submission.answers,
    )


@dataclass(frozen=True)
class Routed:
    """A report with everything that was found out about its place, ready to be stored."""

    submission: Submission
    handles: Handles
    requested: datetime
    decision: Decision
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
    decision: Decision,
    neighbours: tuple[Neighbour, ...],
    due: datetime | None,
) -> Routed:
    """Return a report with what was decided, and the borders that are near its place."""
    question = question_of(submission, requested)
    accuracy = submission.accuracy_metres or submission.assumed_accuracy
    jurisdiction = submission.jurisdiction
    borders = list_near_borders(jurisdiction, question, decision, neighbours, accuracy)
    return Routed(submission, handles, requested, decision, neighbours, borders, due)


def store_routed(several: Sequence[Routed]) -> list[int]:
    """Store reports that were routed, in a few statements for all of them; give their keys."""
    statement = insert(table(ServiceRequest)).returning(
        table(ServiceRequest).c.pk, sort_by_parameter_order=True
    )
    pks = list(db.session.scalars(statement, [_row(one) for one in several]))
    opened = [_opened(pk, one.requested) for pk, one in zip(pks, several, strict=True)]
    db.session.execute(insert(table(StatusChange)), opened)
    places: list[dict[str, Any]] = []
    for pk, one in zip(pks, several, strict=True):
        places += place_rows(pk, one.decision.hits, one.neighbours, one.accuracy)
        _store_rest(pk, one)
    if places:
        db.session.execute(insert(table(ServiceRequestBoundary)), places)
    return pks


def _store_rest(pk: int, one: Routed) -> None:
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


def _row(one: Routed) -> dict[str, Any]:
    submission, handles, decision = one.submission, one.handles, one.decision
    return {
        "service_request_id": handles.service_request_id,
        "token": handles.token,
        "public": handles.public,
        "sandbox": handles.sandbox,
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
