"""Operations and reads that need the snapshot of a city, as a view calls them."""

import itertools
from datetime import timedelta
from typing import Any

from open311.operations.requests.submit import SubmissionResult, submit_service_request
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.requests import public
from open311.queries.requests.receipts import Sending
from open311.queries.search.criteria import Criteria
from open311.queries.search.pages import Page
from open311.steps.values.submissions import Submission
from open311.web.freshness import snapshots

_NUMBERS = itertools.count()


def city_of(jurisdiction: Scope) -> City:
    """The current snapshot of a city."""
    return snapshots().current().cities[jurisdiction.jurisdiction_id]


def submit(submission: Submission) -> SubmissionResult:
    """Submit a service request, which is not a retry of any other."""
    jurisdiction = submission.jurisdiction
    sending = Sending(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        sandbox=jurisdiction.sandbox,
        api_key_id=submission.api_key_id,
        idempotency_key=None,
        fingerprint=str(next(_NUMBERS)).encode(),
        repeat_window=timedelta(0),
    )
    return submit_service_request(city_of(jurisdiction), submission, sending)


def get_service_request(
    jurisdiction: Scope, service_request_id: str, *, extensions: bool = False
) -> dict[str, Any]:
    """A service request as the public reads it."""
    city = city_of(jurisdiction)
    row, _changes = public.get_service_request(
        city, jurisdiction, service_request_id, extensions=extensions
    )
    return row


def list_service_requests(jurisdiction: Scope, criteria: Criteria, *more: Any, **how: Any) -> Page:
    """A page of service requests as the public reads it."""
    city = city_of(jurisdiction)
    return public.list_service_requests(city, jurisdiction, criteria, *more, **how).page
