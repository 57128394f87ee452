"""Submission of a service request: routed and stored in one transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from open311.operations.transaction import operation
from open311.queries.requests.receipts import Sending
from open311.steps.requests.add import add_service_request
from open311.steps.requests.handles import new_handles
from open311.steps.requests.receipts import recall_receipt, store_receipt
from open311.steps.values.submissions import Handles, Submission

NOTICE_WITHOUT_ID = "We received your request. It is not published."


@dataclass(frozen=True)
class SubmissionResult:
    """The response to a submission, named as in the standard (spec 2.3).

    realtime: with service_request_id; batch: with token; blackbox: with neither. repeated is true
    for a retry, which stored nothing.
    """

    receipt: dict[str, Any]
    repeated: bool = False


@operation
def submit_service_request(
    submission: Submission, sending: Sending | None = None
) -> SubmissionResult:
    """Route and store a submission, unless it is a retry; return the receipt.

    Raises OutsideServiceArea and IdempotencyKeyReused, and then stores nothing.
    """
    earlier = None if sending is None else recall_receipt(sending)
    if earlier is not None:
        return SubmissionResult(earlier, repeated=True)
    now = datetime.now(UTC).replace(microsecond=0)
    handles = new_handles(submission.jurisdiction, submission.service, now)
    receipt = _receipt(submission, handles)
    pk = add_service_request(submission, handles, now)
    if sending is not None:
        store_receipt(pk, sending, receipt, now)
    return SubmissionResult(receipt)


def _receipt(submission: Submission, handles: Handles) -> dict[str, Any]:
    service = submission.service
    doubts = [*(doubt.notice for doubt in submission.doubts), submission.notice]
    if service.type == "blackbox":
        return {
            "service_notice": " ".join(
                filter(None, (service.service_notice or NOTICE_WITHOUT_ID, *doubts))
            )
        }
    receipt = {
        "service_request_id": handles.service_request_id,
        "token": handles.token,
        "service_notice": " ".join(filter(None, (service.service_notice, *doubts))),
    }
    return {name: value for name, value in receipt.items() if value}
