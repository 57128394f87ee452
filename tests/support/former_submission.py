"""The submission before it was one statement, as the reference of what it stores.

Kept for one release. It routes with SQL, and inserts into one table after another.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from open311.database import db, table
from open311.models import (
    Receipt,
    Reporter,
    ServiceRequest,
    ServiceRequestBoundary,
    StatusChange,
)
from open311.operations.requests.submit import NOTICE_WITHOUT_ID, SubmissionResult
from open311.operations.transaction import operation
from open311.queries.requests.due_dates import find_due
from open311.queries.requests.receipts import HANDLES, Sending, answer_of, select_first
from open311.queries.routing.decide import read_routing
from open311.queries.routing.neighbors import find_neighbors, is_near
from open311.steps.requests.add import RoutedSubmission, question_of, routed
from open311.steps.requests.handles import next_service_request_id
from open311.steps.requests.history import status_row
from open311.steps.requests.media import link_to, store_media
from open311.steps.requests.triage import reasons_of_location, store_triage
from open311.steps.routing.places import place_rows
from open311.steps.values.submissions import Handles, Submission


@operation
def submit_as_before(submission: Submission, sending: Sending, now: datetime) -> SubmissionResult:
    """Route and store a submission, unless it is a retry; return the receipt."""
    earlier = _recalled(sending, now)
    if earlier is not None:
        return SubmissionResult(earlier, repeated=True)
    requested = now.replace(microsecond=0)
    handles = _handles(submission, requested)
    receipt = _receipt(submission, handles)
    jurisdiction = submission.jurisdiction
    routing = read_routing(jurisdiction, question_of(submission, requested))
    neighbors = find_neighbors(jurisdiction, routing)
    due = find_due(jurisdiction, requested, submission.service.expected_days)
    pk = _store(routed(submission, handles, requested, routing, neighbors, due))
    _store_receipt(pk, sending, receipt, requested)
    return SubmissionResult(receipt)


def _recalled(sending: Sending, now: datetime) -> dict[str, Any] | None:
    row = db.session.execute(select_first(sending.form), sending.values(now)).one_or_none()
    answer = None if row is None else answer_of(sending, row.fingerprint, row.answer)
    if answer is not None and not answer.keys() & set(HANDLES):
        mine = update(Receipt).where(_of_sender(sending))
        same = mine.where(Receipt.fingerprint == sending.fingerprint)
        db.session.execute(same.values(received_at=now))
    return answer


def _handles(submission: Submission, requested: datetime) -> Handles:
    jurisdiction, service = submission.jurisdiction, submission.service
    if service.type == "batch":
        return Handles(token=secrets.token_hex(16), sandbox=jurisdiction.sandbox)
    return Handles(
        service_request_id=next_service_request_id(jurisdiction, requested),
        public=service.type == "realtime",
        sandbox=jurisdiction.sandbox,
    )


def _receipt(submission: Submission, handles: Handles) -> dict[str, Any]:
    service = submission.service
    doubts = [*(doubt.notice for doubt in submission.doubts), submission.notice]
    if service.type == "blackbox":
        notice = service.service_notice or NOTICE_WITHOUT_ID
        return {"service_notice": " ".join(filter(None, (notice, *doubts)))}
    receipt = {
        "service_request_id": handles.service_request_id,
        "token": handles.token,
        "service_notice": " ".join(filter(None, (service.service_notice, *doubts))),
    }
    return {name: value for name, value in receipt.items() if value}


def _store(one: RoutedSubmission) -> int:
    requests = table(ServiceRequest)
    pk = db.session.scalars(insert(requests).returning(requests.c.pk), [_row(one)]).one()
    opened = status_row(pk, "open", "", one.requested, opening=True)
    db.session.execute(insert(table(StatusChange)), [opened])
    submission = one.submission
    meters = one.routing.ground.outside_meters
    for reason, detail in reasons_of_location(submission.jurisdiction, meters, one.borders).items():
        store_triage(submission.jurisdiction, pk, reason, detail, one.requested)
    for doubt in submission.doubts:
        store_triage(submission.jurisdiction, pk, doubt.reason, doubt.detail, one.requested)
    store_media(pk, submission.media)
    if submission.reporter:
        names = (column.name for column in table(Reporter).columns)
        row = {**dict.fromkeys(names, ""), **submission.reporter, "service_request_pk": pk}
        db.session.execute(insert(table(Reporter)), row)
    places = place_rows(one.routing.decision.hits, one.neighbors, one.accuracy)
    if places:
        rows = [{**row, "service_request_pk": pk} for row in places]
        db.session.execute(insert(table(ServiceRequestBoundary)), rows)
    return pk


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
        "accuracy_meters": submission.accuracy_meters,
        "outside_meters": one.routing.ground.outside_meters,
        "near_border": is_near(one.borders),
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


def _store_receipt(pk: int, sending: Sending, answer: Mapping[str, Any], now: datetime) -> None:
    if sending.idempotency_key is not None:
        mine = update(Receipt).where(_of_sender(sending))
        expired = mine.where(Receipt.idempotency_key == sending.idempotency_key)
        db.session.execute(expired.values(idempotency_key=None))
    row = {
        "service_request_pk": pk,
        "jurisdiction_id": sending.jurisdiction_id,
        "sandbox": sending.sandbox,
        "api_key_id": sending.api_key_id,
        "idempotency_key": sending.idempotency_key,
        "fingerprint": sending.fingerprint,
        "answer": dict(answer),
        "received_at": now,
    }
    db.session.execute(insert(table(Receipt)).values(row))


def _of_sender(sending: Sending) -> Any:
    return (
        (Receipt.jurisdiction_id == sending.jurisdiction_id)
        & (Receipt.sandbox == sending.sandbox)
        & (Receipt.api_key_id.is_not_distinct_from(sending.api_key_id))
    )
