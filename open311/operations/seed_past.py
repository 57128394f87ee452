"""Service requests of the past, routed and stored as if they had come through the API."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import exists, func, select

from geo.coordinates import Point
from open311.database import db
from open311.errors import InvalidParameters, OutsideServiceArea
from open311.operations.add_service_request import (
    Handles,
    Submission,
    add_service_request,
    add_status_change,
)
from open311.operations.seed_data import PastServiceRequest, SeedData
from open311.queries.jurisdictions import JurisdictionInfo, get_jurisdiction
from open311.queries.search.visibility import of_jurisdiction
from open311.queries.services import ServiceInfo, get_service

_PUBLIC_ID = re.compile(r"\d\d-0*(?P<number>[1-9]\d{0,17})", re.ASCII)


def store_past_service_requests(
    data: SeedData,
    watch: Callable[[Sequence[PastServiceRequest]], Iterable[PastServiceRequest]],
) -> Iterator[str]:
    """Store them unless the jurisdiction has service requests already."""
    jurisdiction = get_jurisdiction(data.jurisdiction_id)
    if not data.service_requests or _has_any(jurisdiction):
        return
    services = {
        code: get_service(data.jurisdiction_id, code)
        for code in {past.service_code for past in data.service_requests}
    }
    for past in watch(data.service_requests):
        _store(past, jurisdiction, services[past.service_code])
    _go_on_counting_after(data.service_requests)
    yield f"service requests: {len(data.service_requests)} added"


def _has_any(jurisdiction: JurisdictionInfo) -> bool:
    return bool(db.session.scalar(select(exists().where(of_jurisdiction(jurisdiction)))))


def _store(past: PastServiceRequest, jurisdiction: JurisdictionInfo, service: ServiceInfo) -> None:
    sent = dict(past.submission)
    place = (sent.pop("lat", None), sent.pop("long", None))
    submission = Submission(
        jurisdiction=jurisdiction,
        service=service,
        point=None if place[0] is None else Point(lat=place[0], long=place[1]),
        **sent,
    )
    handles = Handles(
        service_request_id=past.service_request_id,
        token=secrets.token_hex(16) if service.type == "batch" else None,
        public=service.type != "blackbox" and not past.pending,
    )
    try:
        pk = add_service_request(submission, handles, past.requested)
    except OutsideServiceArea as error:
        raise InvalidParameters(
            f"service request {past.service_request_id or 'without an id'}: {error.sentences[0]}"
        ) from None
    if past.updated or past.status_notes or past.status != "open":
        add_status_change(pk, past.status, past.status_notes, past.updated or past.requested)


def _go_on_counting_after(stored: Sequence[PastServiceRequest]) -> None:
    """Let new ids continue after those that were stored."""
    ids = (_PUBLIC_ID.fullmatch(past.service_request_id or "") for past in stored)
    numbers = [int(match["number"]) for match in ids if match]
    if numbers:
        last = select(func.pg_sequence_last_value("service_request_numbers")).scalar_subquery()
        highest = func.greatest(max(numbers), func.coalesce(last, 0))
        db.session.execute(select(func.setval("service_request_numbers", highest)))
