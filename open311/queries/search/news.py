"""What others did with service requests that a user should know of (Criteria.news)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from open311.models import (
    Feedback,
    ReceivedUpdate,
    RoutingStep,
    ServiceRequest,
    StatusChange,
    WorkStep,
)
from open311.queries.search.conditions import is_any_of
from schemas.vocabulary.steps import APPROVED, STATUS


def has_news(jurisdiction_id: Any, since: Any, reader: Any) -> ColumnElement[bool]:
    """Return the condition that there is news for a reader, by name, since a moment.

    Each part is read from an index by time. What has no author was not done by staff.
    """
    by_others = [
        select(StatusChange.service_request_pk).where(
            StatusChange.changed_at >= since,
            StatusChange.opening.is_(False),
            is_any_of(StatusChange.kind, (STATUS, APPROVED)),
            StatusChange.made_by.is_distinct_from(reader),
        ),
        select(RoutingStep.service_request_pk).where(
            RoutingStep.jurisdiction_id == jurisdiction_id,
            RoutingStep.made_at >= since,
            RoutingStep.from_department_id != RoutingStep.to_department_id,
            RoutingStep.made_by != reader,
        ),
        select(ReceivedUpdate.service_request_pk).where(
            ReceivedUpdate.received_at >= since, ReceivedUpdate.added_by.is_distinct_from(reader)
        ),
        select(WorkStep.service_request_pk).where(
            WorkStep.made_at >= since,
            WorkStep.made_by != reader,
            or_(
                WorkStep.kind == "answered",
                and_(WorkStep.kind == "assigned", WorkStep.text == reader),
            ),
        ),
        select(Feedback.service_request_pk).where(Feedback.answered_at >= since),
    ]
    return ServiceRequest.pk.in_(union_all(*by_others))
