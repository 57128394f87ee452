"""A resident's report: routed, stored with what decided, all in one transaction."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from open311.database import db
from open311.models import service_request_numbers
from open311.operations.add_service_request import Handles, Submission, add_service_request
from open311.operations.recall_receipt import recall_receipt
from open311.operations.store_receipt import store_receipt
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.receipts import Sending
from open311.queries.services import ServiceInfo

NOTICE_WITHOUT_ID = "Your report has been received. It is not published."


@dataclass(frozen=True)
class Answer:
    """The receipt of a report, named as in the standard (spec 2.3).

    realtime: with service_request_id; batch: with token; blackbox: with neither.
    repeated tells that it was given before, and nothing was stored now.
    """

    receipt: dict[str, Any]
    repeated: bool = False


def submit_service_request(submission: Submission, sending: Sending | None = None) -> Answer:
    """Route and store a report, unless its sending is a repetition; give the receipt.

    Raises OutsideServiceArea and IdempotencyKeyReused, and then stores nothing.
    """
    earlier = None if sending is None else recall_receipt(sending)
    if earlier is not None:
        return Answer(earlier, repeated=True)
    now = datetime.now(UTC).replace(microsecond=0)
    handles = new_handles(submission.jurisdiction, submission.service, now)
    receipt = _receipt(submission, handles)
    pk = add_service_request(submission, handles, now)
    if sending is not None:
        store_receipt(pk, sending, receipt, now)
    db.session.commit()
    return Answer(receipt)


def next_service_request_id(jurisdiction: JurisdictionInfo, now: datetime) -> str:
    """Draw a new public id such as 26-0001234: the year in the jurisdiction's zone, a number.

    Those of the sandbox begin with TEST, so that nobody takes one for a city's.
    """
    number = db.session.scalar(service_request_numbers)
    prefix = "TEST-" if jurisdiction.sandbox else ""
    return f"{prefix}{now.astimezone(jurisdiction.zone):%y}-{number:07}"


def new_handles(jurisdiction: JurisdictionInfo, service: ServiceInfo, now: datetime) -> Handles:
    """Give what a new report is known by. A token cannot be guessed: it is nobody else's."""
    if service.type == "batch":
        return Handles(token=secrets.token_hex(16), sandbox=jurisdiction.sandbox)
    return Handles(
        service_request_id=next_service_request_id(jurisdiction, now),
        public=service.type == "realtime",
        sandbox=jurisdiction.sandbox,
    )


def _receipt(submission: Submission, handles: Handles) -> dict[str, Any]:
    service = submission.service
    doubts = [doubt.notice for doubt in submission.doubts]
    if service.type == "blackbox":
        return {"service_notice": " ".join((service.service_notice or NOTICE_WITHOUT_ID, *doubts))}
    receipt = {
        "service_request_id": handles.service_request_id,
        "token": handles.token,
        "service_notice": " ".join(filter(None, (service.service_notice, *doubts))),
    }
    return {name: value for name, value in receipt.items() if value}
