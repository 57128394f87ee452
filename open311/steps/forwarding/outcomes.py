"""What happened to a forwarded service request; the caller commits."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from open311.database import db
from open311.models import Forwarding, ServiceRequest
from open311.queries.jurisdictions import get_jurisdiction
from open311.steps.forwarding.store import NOT_FORWARDED
from open311.steps.requests.history import add_status_change
from open311.steps.requests.triage import store_entries, store_settled
from open311.steps.telling.tellings import store_telling
from open311.steps.values.forwarding import TakenOn
from schemas.vocabulary.forwarding import ACCEPTED, TOKEN, UNKNOWN
from schemas.vocabulary.steps import FORWARDED
from schemas.vocabulary.telling import FORWARDED as TOLD_AS_FORWARDED

LONGEST_SENTENCE = 300
"""Characters that are kept of what another server says."""


def store_state(forwarding_id: int, state: str | None = None, **columns: Any) -> None:
    """Change columns of a forwarding; a new state begins now."""
    if state is not None:
        columns |= {"state": state, "state_at": datetime.now(UTC).replace(microsecond=0)}
    if "sentence" in columns:
        columns["sentence"] = columns["sentence"][:LONGEST_SENTENCE]
    db.session.execute(update(Forwarding).where(Forwarding.id == forwarding_id).values(**columns))


def store_taken_on(row: Any, name: str, outcome: TakenOn) -> None:
    """Store the number or the token that the server named so has given to a forwarding.

    The history says that it was sent, and those who get messages are told.

    A number that another service request has there already is no answer: staff decide.
    """
    pk = row.service_request_pk
    if not outcome.foreign_id:
        store_state(row.id, TOKEN, token=outcome.token, sentence="")
        return
    other = find_taken(row.endpoint_id, outcome.foreign_id, row.id)
    if other is not None:
        sentence = f"its number {outcome.foreign_id} belongs to request {other} already"
        store_state(row.id, UNKNOWN, sentence=sentence)
        flag(_request(pk).jurisdiction_id, pk, name, sentence)
        return
    store_state(row.id, ACCEPTED, foreign_id=outcome.foreign_id, sentence="")
    store_settled([pk], [NOT_FORWARDED], name)
    request = _request(pk)
    change_id = add_status_change(
        pk,
        request.detailed_status,
        request.status_notes,
        datetime.now(UTC).replace(microsecond=0),
        made_by=name,
        kind=FORWARDED,
        department_id=request.department_id,
    )
    store_telling(get_jurisdiction(request.jurisdiction_id), pk, TOLD_AS_FORWARDED, change_id)


def find_taken(endpoint_id: int, foreign_id: str, but: int) -> str | None:
    """Find the id of another service request that has a number at an endpoint."""
    return db.session.scalar(
        select(ServiceRequest.service_request_id)
        .join(Forwarding, Forwarding.service_request_pk == ServiceRequest.pk)
        .where(
            Forwarding.endpoint_id == endpoint_id,
            Forwarding.foreign_id == foreign_id,
            Forwarding.id != but,
        )
    )


def _request(pk: int) -> Any:
    names = ("jurisdiction_id", "department_id", "detailed_status", "status_notes")
    columns = [getattr(ServiceRequest, name) for name in names]
    return db.session.execute(select(*columns).where(ServiceRequest.pk == pk)).one()


def flag(
    jurisdiction_id: str, pk: int, name: str, sentence: str, reason: str = NOT_FORWARDED
) -> None:
    """Queue a service request for review, with what the server named so said."""
    detail = f"{name}: {sentence}"[:LONGEST_SENTENCE]
    store_entries(jurisdiction_id, {pk: {reason: detail}}, datetime.now(UTC))
