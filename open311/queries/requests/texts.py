"""Texts about service requests in which a person can be named."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import String, any_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import (
    Erasure,
    Feedback,
    Flag,
    Forwarding,
    Hold,
    LegalHold,
    Moderation,
    ReceivedUpdate,
    RoutingStep,
    ServiceRequest,
    StatusChange,
    TriageEntry,
    WorkStep,
)
from open311.personal_data import SHORTEST_PHONE, digits_of, last_digits, normal_email
from open311.queries.requests.requester import digits_in

_TEXTS: Sequence[tuple[Any, Sequence[Any]]] = (
    (
        ServiceRequest.pk,
        (
            ServiceRequest.description,
            ServiceRequest.address_string,
            ServiceRequest.media_url,
            ServiceRequest.routing_reason,
            cast(ServiceRequest.answers, String),
        ),
    ),
    (StatusChange.service_request_pk, (StatusChange.status_notes,)),
    (WorkStep.service_request_pk, (WorkStep.text,)),
    (RoutingStep.service_request_pk, (RoutingStep.reason, cast(RoutingStep.before, String))),
    (ReceivedUpdate.service_request_pk, (ReceivedUpdate.description,)),
    (TriageEntry.service_request_pk, (TriageEntry.detail,)),
    (Forwarding.service_request_pk, (Forwarding.sentence,)),
    (Erasure.service_request_pk, (Erasure.reason,)),
    (Feedback.service_request_pk, (Feedback.text,)),
    (Flag.service_request_pk, (Flag.text,)),
    (Hold.service_request_pk, (Hold.seen,)),
    (LegalHold.service_request_pk, (LegalHold.reason,)),
    (Moderation.service_request_pk, (Moderation.reason, Moderation.original)),
)
"""Columns of free texts about a service request, with its key."""


def list_mentioning(
    jurisdiction_id: str, emails: Iterable[str], phones: Iterable[str]
) -> list[int]:
    """List the keys of service requests with a text that may contain one of these.

    Phone numbers that are too short to be one are left out. This reads all texts of the
    jurisdiction.
    """
    contained = [f"%{_escaped(normal_email(one))}%" for one in emails]
    digits = [f"%{last_digits(one)}%" for one in phones if len(digits_of(one)) >= SHORTEST_PHONE]
    here = select(ServiceRequest.pk).where(ServiceRequest.jurisdiction_id == jurisdiction_id)
    found: set[int] = set()
    for key, texts in _TEXTS:
        conditions = [
            *(func.lower(text).like(any_(_array(contained))) for text in texts if contained),
            *(digits_in(text).like(any_(_array(digits))) for text in texts if digits),
        ]
        if conditions:
            statement = select(key).where(or_(*conditions), key.in_(here))
            found.update(db.session.scalars(statement))
    return sorted(found)


def _array(texts: Sequence[str]) -> Any:
    return literal(list(texts), ARRAY(String))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def walk_texts(jurisdiction_id: str) -> Iterator[str]:
    """Yield all texts about the service requests of a jurisdiction, in no particular order."""
    here = select(ServiceRequest.pk).where(ServiceRequest.jurisdiction_id == jurisdiction_id)
    for key, texts in _TEXTS:
        for text in texts:
            yield from _not_empty(select(text).where(key.in_(here), text != ""))


def list_texts(pk: int) -> list[str]:
    """List the texts about a service request."""
    return [
        one
        for key, texts in _TEXTS
        for text in texts
        for one in _not_empty(select(text).where(key == pk, text != ""))
    ]


def _not_empty(statement: Any) -> Iterator[str]:
    rows = db.session.scalars(statement.execution_options(yield_per=1_000))
    return (str(one) for one in rows if one)
