"""Reopening: a closed service request is open again, or a new one continues it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Float, func, select

from geo.coordinates import Point
from geo.routing.borders import ASSUMED_ACCURACY, accepted_again
from open311.database import db
from open311.errors import Conflict
from open311.messages.requests import REQUEST_CONTINUED
from open311.models import Reporter, Service, ServiceRequest
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction
from open311.queries.requests.history import find_closings, is_closed_long_ago
from open311.queries.requests.nearby import find_continuation
from open311.steps.requests.add import add_service_request
from open311.steps.requests.handles import next_service_request_id
from open311.steps.requests.history import add_status_change, status_of, store_status
from open311.steps.requests.lock import lock_all
from open311.steps.requests.triage import store_settled
from open311.steps.residents.subscriptions import copy_subscriptions
from open311.steps.telling.tellings import store_telling
from open311.steps.values.submissions import Handles, Submission
from schemas.vocabulary.statuses import CLOSED, OPEN
from schemas.vocabulary.telling import STATUS as TOLD_AS_STATUS
from schemas.vocabulary.triage import ENDED_BY


@dataclass(frozen=True)
class Reopening:
    """The open service request and its status change.

    continued_as is its number if it is a new one that continues the closed one.
    """

    pk: int
    change_id: int
    continued_as: str | None = None


def reopens(current: str, status: str) -> bool:
    """Return whether a detailed status reopens a service request with another one."""
    return status_of(current) == CLOSED and status_of(status) == OPEN


def store_reopening(
    jurisdiction: Scope,
    pk: int,
    status: str,
    status_notes: str,
    made_by: str | None = None,
    *,
    with_duplicates: bool = False,
) -> Reopening:
    """Reopen a closed service request, with a new due date.

    If it was closed longer ago than the city allows, a new service request continues it: at the
    same place, for the same service, from the same requester, and routed by today's rules. Each
    names the other in its public note. with_duplicates applies to the duplicates that were closed
    with it: they are open again too, or their notes name the new one.

    The caller holds the lock of the service request, and commits. Raises Conflict if there is such
    a new one already, and OutsideServiceArea.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    old = _read(jurisdiction, pk)
    duplicates = lock_closed_with(jurisdiction, pk) if with_duplicates else []
    if not is_closed_long_ago(jurisdiction, pk):
        change_id = store_status(
            jurisdiction, pk, status, status_notes, current=old.detailed_status, made_by=made_by
        )
        with_it = f"Reopened together with {old.service_request_id}." if old.public else ""
        for one in duplicates:
            store_status(jurisdiction, one, OPEN, with_it, current=CLOSED, made_by=made_by)
        return Reopening(pk, change_id)
    continuation = find_continuation(jurisdiction, pk)
    if continuation is not None:
        raise Conflict(REQUEST_CONTINUED, id=old.service_request_id, new=continuation)
    new_pk, number = _continue(jurisdiction, old, now)
    notes = f"{status_notes} This request continues {old.service_request_id}.".strip()
    change_id = add_status_change(new_pk, status, notes, now, made_by=made_by)
    store_settled([pk], ENDED_BY[OPEN], made_by)
    for one in (pk, *duplicates):
        _refer(jurisdiction, one, f"Continued as {number}.", made_by, now)
    return Reopening(new_pk, change_id, number)


def _read(jurisdiction: Scope, pk: int) -> Any:
    return db.session.execute(
        select(
            *ServiceRequest.__table__.columns,
            Service.service_code,
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(of_jurisdiction(jurisdiction), ServiceRequest.pk == pk)
    ).one()


CLOSED_TOGETHER = timedelta(seconds=1)
"""Between the closings of an original and of its duplicates in one action; times are in seconds."""


def lock_closed_with(jurisdiction: Scope, pk: int, within: timedelta = timedelta.max) -> list[int]:
    """Lock and list the duplicates that were closed when their original was, or later.

    within limits how much later.
    """
    duplicates = lock_all(
        of_jurisdiction(jurisdiction),
        ServiceRequest.duplicate_of_pk == pk,
        ServiceRequest.status == CLOSED,
        not_withdrawn(),
    )
    closings = find_closings([pk, *duplicates])
    closed_at = closings.get(pk)
    return [
        one
        for one in duplicates
        if closed_at is not None
        and one in closings
        and timedelta(0) <= closings[one] - closed_at <= within
    ]


def _continue(jurisdiction: Scope, old: Any, now: datetime) -> tuple[int, str]:
    """Add a service request that continues an old one; return its pk and number."""
    number = next_service_request_id(jurisdiction, now)
    tolerance = accepted_again(old.outside_meters)
    handles = Handles(service_request_id=number, public=old.public, sandbox=old.sandbox)
    submission = Submission(
        jurisdiction=jurisdiction,
        service=get_service(jurisdiction.jurisdiction_id, old.service_code),
        point=None if old.lat is None else Point(lat=old.lat, long=old.long),
        assumed_accuracy=max(ASSUMED_ACCURACY, tolerance),
        most_outside=tolerance,
        reporter=_reporter(old.pk),
        **{name: getattr(old, name) for name in _KEPT if getattr(old, name) is not None},
    )
    pk = add_service_request(submission, handles, now, continues_pk=old.pk)
    copy_subscriptions(old.pk, pk, now)
    return pk, number


_KEPT = (
    *("api_key_id", "channel", "location_from", "accuracy_meters", "address_string", "address_id"),
    *("zipcode", "description", "answers"),
)


def _reporter(pk: int) -> dict[str, str]:
    columns = [one for one in Reporter.__table__.columns if one.name != "service_request_pk"]
    row = db.session.execute(
        select(*columns).where(Reporter.service_request_pk == pk)
    ).one_or_none()
    return {} if row is None else dict(row._mapping)


def _refer(jurisdiction: Scope, pk: int, words: str, made_by: str | None, now: datetime) -> None:
    """Add words to the public note of a closed service request."""
    row = db.session.execute(
        select(ServiceRequest.detailed_status, ServiceRequest.status_notes).where(
            of_jurisdiction(jurisdiction), ServiceRequest.pk == pk
        )
    ).one()
    notes = f"{row.status_notes} {words}".strip()
    change_id = add_status_change(pk, row.detailed_status, notes, now, made_by=made_by)
    store_telling(jurisdiction, pk, TOLD_AS_STATUS, change_id)
