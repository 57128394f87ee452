"""What others did with service requests that a user should know of (Criteria.news)."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    any_,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

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

    Each part is read from an index by time. What has no author was not done by staff. As an array,
    the requests are found by their keys, which are close together: with IN, PostgreSQL expects them
    to be spread, and reads all requests when there is news of a month.
    """
    by_others = [
        select(StatusChange.service_request_pk).where(
            StatusChange.changed_at >= since,
            ~StatusChange.opening,
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
    news = union_all(*by_others).scalar_subquery()
    return ServiceRequest.pk == any_(func.array(news, type_=ARRAY(BigInteger)))


def has_news_in(
    jurisdiction_id: Any, since: Any, reader: Any, department_ids: Any
) -> ColumnElement[bool]:
    """Return the same for one department, and for what was transferred away from the reader.

    The transfer ended the assignment, so the reader would not hear of it otherwise.
    """
    is_here = ServiceRequest.department_id == any_(department_ids)
    lost = _taken_from(jurisdiction_id, since, reader)
    return and_(has_news(jurisdiction_id, since, reader), or_(is_here, lost))


def _taken_from(jurisdiction_id: Any, since: Any, reader: Any) -> ColumnElement[bool]:
    """Return the condition that others sent a request away while it was assigned to a reader."""
    assignee = (
        select(WorkStep.text)
        .where(
            WorkStep.service_request_pk == RoutingStep.service_request_pk,
            is_any_of(WorkStep.kind, ("assigned", "released")),
            WorkStep.made_at <= RoutingStep.made_at,
        )
        .order_by(WorkStep.id.desc())
        .limit(literal_column("1", Integer))
        .correlate(RoutingStep)
        .scalar_subquery()
    )
    transfers = select(RoutingStep.service_request_pk).where(
        RoutingStep.jurisdiction_id == jurisdiction_id,
        RoutingStep.made_at >= since,
        RoutingStep.from_department_id != RoutingStep.to_department_id,
        RoutingStep.made_by != reader,
        assignee == reader,
    )
    return ServiceRequest.pk.in_(transfers)
