"""Submission of a service request: routed and stored in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from open311.errors import Open311Error, OutsideServiceArea, ProofRefused
from open311.messages.residents import PROOF_SPENT
from open311.operations.transaction import operation
from open311.queries.city import City, Stale
from open311.queries.requests.receipts import Sending, answer_of, find_receipt
from open311.statements import Call, commit_at_once
from open311.steps.forwarding.store import with_forwarding
from open311.steps.requests.add import request_row, route_by_snapshot
from open311.steps.requests.handles import new_handles
from open311.steps.requests.holds import spend_challenge
from open311.steps.requests.receipts import free_key_calls, prolong_receipt
from open311.steps.requests.store import NewReceipt, Written, write_call, written_in
from open311.steps.residents.reports import store_site_report
from open311.steps.telling.staff import new_rows
from open311.steps.telling.tellings import received_rows
from open311.steps.values.submissions import Handles, SiteSubmission, Submission

NOTICE_WITHOUT_ID = "We received your request. It is not published."


@dataclass(frozen=True)
class SubmissionResult:
    """The response to a submission, named as in the standard (spec 2.3).

    realtime: with service_request_id; batch: with token; blackbox: with neither. repeated is true
    for a retry, which stored nothing. pk is the key of what was stored now.
    """

    receipt: dict[str, Any]
    repeated: bool = False
    pk: int | None = None


@operation
def submit_service_request(
    city: City, submission: Submission, sending: Sending
) -> SubmissionResult:
    """Route a submission by a snapshot of the city and store it, unless it is a retry.

    Raises Stale if the snapshot is no longer current, OutsideServiceArea, IdempotencyKeyReused, and
    ProofRefused if a proof of work was used before, and then stores nothing.
    """
    now = datetime.now(UTC)
    requested = now.replace(microsecond=0)
    submission = _held_if_replayed(submission)
    handles = _handles(submission, requested)
    try:
        routed = route_by_snapshot(city, submission, handles, requested)
    except OutsideServiceArea as error:
        return _first_answer(sending, now, error)
    row = with_forwarding(city, request_row(routed))
    told = received_rows(city, submission) | new_rows(city, submission, row["department_id"])
    receipt = NewReceipt(sending, _answer(submission, handles), requested)
    write = write_call([{**row, **told}], version=city.version, receipt=receipt)
    written = _run(submission.site, write, free_key_calls(sending, now))
    if written is None:
        return _first_answer(sending, now, ProofRefused(PROOF_SPENT))
    if written.first is not None:
        answer = answer_of(sending, *written.first)
        prolong_receipt(sending, answer, now)
        return SubmissionResult(answer, repeated=True)
    if not written.requests:
        raise Stale
    [(pk, service_request_id)] = written.requests
    if submission.site is not None:
        here, email = submission.jurisdiction.jurisdiction_id, submission.reporter.get("email", "")
        store_site_report(here, pk, submission.site, email, requested)
    id_ = {"service_request_id": service_request_id} if handles.public else {}
    return SubmissionResult({**id_, **receipt.answer}, pk=pk)


def _held_if_replayed(submission: Submission) -> Submission:
    """Spend the form of a submission without proof of work; hold what is sent with it again.

    A concurrent use of the same form waits until this transaction ends.
    """
    site = submission.site
    if site is None or site.form is None or spend_challenge(site.form):
        return submission
    return replace(submission, site=replace(site, holds=[*site.holds, ("same_form", "")]))


def _first_answer(sending: Sending, now: datetime, refusal: Open311Error) -> SubmissionResult:
    """Return the response to an earlier attempt; raises the refusal if this is the first."""
    earlier = find_receipt(sending, now)
    if earlier is None:
        raise refusal
    return SubmissionResult(earlier, repeated=True)


def _run(site: SiteSubmission | None, write: Call, free_key: Sequence[Call]) -> Written | None:
    """Run what stores a report; return None if its proof of work was used before.

    What the website adds belongs to the same transaction. Without it, the write is one. If it is
    undecided, it runs again: it then sees the other attempt, or has taken over an expired key.
    """
    if site is None:
        written = written_in(*commit_at_once([write]))
        return written if written.is_decided else written_in(commit_at_once([*free_key, write])[-1])
    if site.proof is not None and not spend_challenge(site.proof):
        return None
    written = written_in(write.run())
    if not written.is_decided:
        for call in free_key:
            call.run()
        written = written_in(write.run())
    return written


def _handles(submission: Submission, requested: datetime) -> Handles:
    """Return the handles of a submission; one that is held is not published yet."""
    handles = new_handles(submission.jurisdiction, submission.service, requested)
    is_held = submission.site is not None and bool(submission.site.holds)
    return replace(handles, public=False) if is_held else handles


def _answer(submission: Submission, handles: Handles) -> dict[str, Any]:
    """Return the receipt, without the id that a published service request gets."""
    service = submission.service
    doubts = [*(doubt.notice for doubt in submission.doubts), submission.notice]
    notice = service.service_notice
    if service.type == "blackbox":
        notice = notice or NOTICE_WITHOUT_ID
    answer = {
        "token": handles.token,
        "service_notice": " ".join(filter(None, (notice, *doubts))),
    }
    return {name: value for name, value in answer.items() if value}
