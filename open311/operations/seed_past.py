"""Service requests of the past, routed and stored as if they had come through the API."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import exists, func, insert, select

from geo.coordinates import Point
from open311.database import db, table
from open311.errors import InvalidParameters, OutsideServiceArea
from open311.models import StatusChange
from open311.operations.add_service_request import (
    Handles,
    Submission,
    question_of,
    routed,
    store_routed,
)
from open311.operations.seed_data import PastServiceRequest, SeedData
from open311.operations.status_steps import status_row
from open311.queries.due import due_by
from open311.queries.jurisdictions import JurisdictionInfo, get_jurisdiction
from open311.queries.many_places import Guide, read_guide, route_many
from open311.queries.search.visibility import of_jurisdiction
from open311.queries.services import ServiceInfo, get_service

AT_ONCE = 200
"""Service requests that are routed and stored together."""

_PUBLIC_ID = re.compile(r"\d\d-0*(?P<number>[1-9]\d{0,17})", re.ASCII)


def store_past_service_requests(
    data: SeedData,
    watch: Callable[[Sequence[PastServiceRequest]], Iterable[PastServiceRequest]],
) -> Iterator[str]:
    """Store them unless the jurisdiction has service requests already."""
    jurisdiction = get_jurisdiction(data.jurisdiction_id)
    if not data.service_requests or _has_any(jurisdiction):
        return
    codes = sorted({past.service_code for past in data.service_requests})
    services = {code: get_service(data.jurisdiction_id, code) for code in codes}
    guide = read_guide(jurisdiction)
    waiting: list[PastServiceRequest] = []
    for past in watch(data.service_requests):
        waiting.append(past)
        if len(waiting) == AT_ONCE:
            _store(waiting, jurisdiction, services, guide)
            waiting = []
    if waiting:
        _store(waiting, jurisdiction, services, guide)
    _go_on_counting_after(data.service_requests)
    yield f"service requests: {len(data.service_requests)} added"


def _has_any(jurisdiction: JurisdictionInfo) -> bool:
    return bool(db.session.scalar(select(exists().where(of_jurisdiction(jurisdiction)))))


def _store(
    several: Sequence[PastServiceRequest],
    jurisdiction: JurisdictionInfo,
    services: Mapping[str, ServiceInfo],
    guide: Guide,
) -> None:
    submissions = [_submission(past, jurisdiction, services[past.service_code]) for past in several]
    questions = [
        question_of(submission, past.requested)
        for submission, past in zip(submissions, several, strict=True)
    ]
    found = route_many(jurisdiction, questions, guide)
    rows = []
    for past, submission, answer in zip(several, submissions, found, strict=True):
        if isinstance(answer, OutsideServiceArea):
            name = past.service_request_id or "without an id"
            raise InvalidParameters(f"service request {name}: {answer.sentences[0]}")
        days = submission.service.expected_days
        due = None if days is None else due_by(jurisdiction, past.requested, days, guide.calendar)
        handles = _handles(past, submission.service)
        rows.append(routed(submission, handles, past.requested, *answer, due))
    pks = store_routed(rows)
    changes = [
        status_row(pk, past.status, past.status_notes, past.updated or past.requested)
        for pk, past in zip(pks, several, strict=True)
        if past.updated or past.status_notes or past.status != "open"
    ]
    if changes:
        db.session.execute(insert(table(StatusChange)), changes)


def _submission(
    past: PastServiceRequest, jurisdiction: JurisdictionInfo, service: ServiceInfo
) -> Submission:
    sent = dict(past.submission)
    place = (sent.pop("lat", None), sent.pop("long", None))
    point = None if place[0] is None else Point(lat=place[0], long=place[1])
    return Submission(jurisdiction=jurisdiction, service=service, point=point, **sent)


def _handles(past: PastServiceRequest, service: ServiceInfo) -> Handles:
    return Handles(
        service_request_id=past.service_request_id,
        token=secrets.token_hex(16) if service.type == "batch" else None,
        public=service.type != "blackbox" and not past.pending,
    )


def _go_on_counting_after(stored: Sequence[PastServiceRequest]) -> None:
    """Let new ids continue after those that were stored."""
    ids = (_PUBLIC_ID.fullmatch(past.service_request_id or "") for past in stored)
    numbers = [int(match["number"]) for match in ids if match]
    if numbers:
        last = select(func.pg_sequence_last_value("service_request_numbers")).scalar_subquery()
        highest = func.greatest(max(numbers), func.coalesce(last, 0))
        db.session.execute(select(func.setval("service_request_numbers", highest)))
