"""A resident's report: routed, stored with what decided, all in one transaction."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from geo.coordinates import Point
from geo.routing import Decision
from open311.database import db
from open311.models import (
    Reporter,
    ServiceRequest,
    ServiceRequestBoundary,
    StatusChange,
    service_request_numbers,
)
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routing import route
from open311.queries.services import ServiceInfo

NOTICE_WITHOUT_ID = "Your report has been received. It is not published."


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A checked report. reporter holds only what was told, by the names of Reporter's columns."""

    jurisdiction: JurisdictionInfo
    service: ServiceInfo
    point: Point | None = None
    address_string: str = ""
    address_id: str = ""
    zipcode: str = ""
    description: str = ""
    media_url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    reporter: dict[str, str] = field(default_factory=dict)


def submit_service_request(submission: Submission) -> dict[str, Any]:
    """Route and store a report; give the receipt, named as in the standard (spec 2.3).

    realtime: with service_request_id; batch: with token; blackbox: with neither.
    Raises OutsideServiceArea, and then stores nothing.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    decision = route(
        submission.jurisdiction.jurisdiction_id,
        service_code=submission.service.service_code,
        group=submission.service.group,
        point=submission.point,
        on=now.astimezone(submission.jurisdiction.zone).date(),
    )
    handles = _handles(submission, now)
    _store(submission, decision, handles, now)
    db.session.commit()
    return _receipt(submission.service, handles)


def next_service_request_id(jurisdiction: JurisdictionInfo, now: datetime) -> str:
    """Draw a new public id such as 26-0001234: the year in the jurisdiction's zone, a number."""
    number = db.session.execute(service_request_numbers)
    return f"{now.astimezone(jurisdiction.zone):%y}-{number:07}"


def _handles(submission: Submission, now: datetime) -> dict[str, Any]:
    """Give what the report is known by. A token is not to be guessed: it is nobody else's."""
    if submission.service.type == "batch":
        return {"service_request_id": None, "token": secrets.token_urlsafe(16), "public": False}
    return {
        "service_request_id": next_service_request_id(submission.jurisdiction, now),
        "token": None,
        "public": submission.service.type == "realtime",
    }


def _store(
    submission: Submission, decision: Decision, handles: dict[str, Any], now: datetime
) -> None:
    days = submission.service.expected_days
    pk = db.session.execute(
        insert(ServiceRequest)
        .values(
            **handles,
            jurisdiction_id=submission.jurisdiction.jurisdiction_id,
            service_id=submission.service.id,
            department_id=decision.department_id,
            routing_rule_id=decision.rule.rule_id if decision.rule else None,
            routing_reason=decision.reason,
            location=submission.point.ewkt if submission.point else None,
            address_string=submission.address_string,
            address_id=submission.address_id,
            zipcode=submission.zipcode,
            description=submission.description,
            media_url=submission.media_url,
            answers=submission.answers,
            status="open",
            status_notes="",
            requested_datetime=now,
            updated_datetime=now,
            expected_datetime=now + timedelta(days=days) if days is not None else None,
        )
        .returning(ServiceRequest.pk)
    ).scalar_one()
    _store_what_belongs_to_it(pk, submission.reporter, decision, now)


def _store_what_belongs_to_it(
    pk: int, reporter: dict[str, str], decision: Decision, now: datetime
) -> None:
    db.session.execute(
        insert(StatusChange),
        {"service_request_pk": pk, "status": "open", "status_notes": "", "changed_at": now},
    )
    if decision.hits:
        db.session.execute(
            insert(ServiceRequestBoundary),
            [
                {
                    "service_request_pk": pk,
                    "layer_id": hit.layer_id,
                    "boundary_id": hit.boundary_id,
                }
                for hit in decision.hits
            ],
        )
    if reporter:
        nothing = dict.fromkeys(_REPORTER_COLUMNS, "")
        db.session.execute(insert(Reporter), {**nothing, **reporter, "service_request_pk": pk})


_REPORTER_COLUMNS = [
    column.name for column in Reporter.__table__.columns if column.name != "service_request_pk"
]


def _receipt(service: ServiceInfo, handles: dict[str, Any]) -> dict[str, Any]:
    notice = service.service_notice
    if service.type == "blackbox":
        return {"service_notice": notice or NOTICE_WITHOUT_ID}
    shown = ("service_request_id", "token")
    receipt = {name: handles[name] for name in shown if handles[name] is not None}
    return {**receipt, "service_notice": notice} if notice else receipt
