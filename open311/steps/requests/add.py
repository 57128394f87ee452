"""New service requests with their dependent rows, routed and stored; the caller commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geo.routing.borders import Neighbor
from open311.queries.city import City
from open311.queries.requests.due_dates import due_by, find_due
from open311.queries.routing.decide import Routing, RoutingCase, read_routing
from open311.queries.routing.neighbors import (
    NearBorder,
    find_neighbors,
    is_near,
    list_near_borders,
)
from open311.queries.routing.snapshot import neighbors_in, route_in
from open311.steps.forwarding.store import store_forwardings
from open311.steps.requests.history import status_of
from open311.steps.requests.media import link_to, media_rows
from open311.steps.requests.store import REPORTER_COLUMNS, write_requests
from open311.steps.requests.triage import reasons_of_location
from open311.steps.routing.places import place_rows
from open311.steps.values.submissions import Handles, Submission
from schemas.vocabulary.priorities import RANK_OF


@dataclass(frozen=True)
class StatusSince:
    """A status that a past service request got after it was opened; changed_at is aware."""

    detailed_status: str
    status_notes: str
    changed_at: datetime


@dataclass(frozen=True)
class RoutedSubmission:
    """A submission with its routing decision, ready to be stored.

    since is its present status if that is not that of a new service request.
    """

    submission: Submission
    handles: Handles
    requested: datetime
    routing: Routing
    neighbors: tuple[Neighbor, ...]
    borders: list[NearBorder]
    due: datetime | None
    continues_pk: int | None = None
    since: StatusSince | None = None

    @property
    def accuracy(self) -> float:
        return self.submission.accuracy


def add_service_request(
    submission: Submission, handles: Handles, requested: datetime, continues_pk: int | None = None
) -> int:
    """Route a submission by the boundaries of its date, store it, and return its primary key.

    requested is an aware datetime of whole seconds. continues_pk is the closed service request that
    it continues. Raises OutsideServiceArea.
    """
    jurisdiction = submission.jurisdiction
    routing = read_routing(jurisdiction, question_of(submission, requested))
    neighbors = find_neighbors(jurisdiction, routing)
    due = find_due(jurisdiction, requested, submission.service.expected_days)
    [pk] = store_routed(
        [routed(submission, handles, requested, routing, neighbors, due, continues_pk)]
    )
    store_forwardings([pk])
    return pk


def route_by_snapshot(
    city: City,
    submission: Submission,
    handles: Handles,
    requested: datetime,
    since: StatusSince | None = None,
) -> RoutedSubmission:
    """Route a submission as add_service_request does, without reading the database.

    The city has the boundary sets of its date. since is the present status of a past one.
    """
    jurisdiction, days = submission.jurisdiction, submission.service.expected_days
    routing = route_in(city, jurisdiction, question_of(submission, requested))
    neighbors = neighbors_in(city, jurisdiction, routing)
    due = None if days is None else due_by(jurisdiction, requested, days, city.guide.calendar)
    names = city.department_names
    one = routed(submission, handles, requested, routing, neighbors, due, names=names)
    return one if since is None else replace(one, since=since)


def question_of(submission: Submission, requested: datetime) -> RoutingCase:
    """Return the routing case of a submission."""
    return RoutingCase(
        service_code=submission.service.service_code,
        group=submission.service.group,
        point=submission.point,
        at=requested,
        answers=submission.answers,
        tolerance=submission.tolerance,
    )


def routed(
    submission: Submission,
    handles: Handles,
    requested: datetime,
    routing: Routing,
    neighbors: tuple[Neighbor, ...],
    due: datetime | None,
    continues_pk: int | None = None,
    names: Mapping[int, str] | None = None,
) -> RoutedSubmission:
    """Return a submission with its routing decision and the boundaries nearby.

    names are those of the departments by id, if they were read before.
    """
    accuracy, jurisdiction = submission.accuracy, submission.jurisdiction
    borders = list_near_borders(jurisdiction, routing, neighbors, accuracy, names)
    return RoutedSubmission(
        submission, handles, requested, routing, neighbors, borders, due, continues_pk
    )


def store_routed(several: Sequence[RoutedSubmission]) -> list[int]:
    """Store routed submissions in one statement; return their primary keys. The caller commits."""
    written = write_requests([request_row(one) for one in several])
    return [pk for pk, _service_request_id in written.requests]


def request_row(one: RoutedSubmission) -> dict[str, Any]:
    """Return a routed submission as write_requests takes it; nothing forwards it yet."""
    submission, handles, decision = one.submission, one.handles, one.routing.decision
    return {
        "service_request_id": handles.service_request_id,
        "id_prefix": handles.id_prefix,
        "token": handles.token,
        "public": handles.public,
        "sandbox": handles.sandbox,
        "api_key_id": submission.api_key_id,
        "jurisdiction_id": submission.jurisdiction.jurisdiction_id,
        "service_id": submission.service.id,
        "department_id": decision.department_id,
        "routing_rule_id": decision.rule.rule_id if decision.rule else None,
        "routing_reason": decision.reason,
        "pinned": False,
        "location": submission.point.ewkt if submission.point else None,
        "location_from": submission.location_from if submission.point else None,
        "accuracy_meters": submission.accuracy_meters,
        "outside_meters": one.routing.ground.outside_meters,
        "near_border": is_near(one.borders),
        "address_string": submission.address_string,
        "address_id": submission.address_id,
        "zipcode": submission.zipcode,
        "description": submission.description,
        "media_url": link_to(submission.media[0]) if submission.media else "",
        "answers": submission.answers,
        "requested_datetime": one.requested,
        "expected_datetime": one.due,
        "continues_pk": one.continues_pk,
        "channel": submission.channel,
        "priority": RANK_OF[submission.service.default_priority],
        **_status_columns(one),
        "places": place_rows(decision.covering, one.neighbors, one.accuracy),
        "triage": _triage_rows(one),
        "media": media_rows(submission.media),
        "reporters": _reporter_rows(submission),
        "forwardings": [],
    }


def _status_columns(one: RoutedSubmission) -> dict[str, Any]:
    """Return the status with the steps that lead to it, which a trigger would set otherwise."""
    opening = StatusSince("open", "", one.requested)
    latest = one.since or opening
    later = [] if one.since is None else [_step(one.since, opening=False)]
    return {
        "status": status_of(latest.detailed_status),
        "detailed_status": latest.detailed_status,
        "status_notes": latest.status_notes,
        "updated_datetime": max(latest.changed_at, one.requested),
        "history": [_step(opening, opening=True, made_by=one.submission.made_by), *later],
    }


def _step(one: StatusSince, *, opening: bool, made_by: str | None = None) -> dict[str, Any]:
    return {
        **vars(one),
        "status": status_of(one.detailed_status),
        "opening": opening,
        "made_by": made_by,
    }


def _triage_rows(one: RoutedSubmission) -> list[dict[str, str]]:
    """Return the reasons to look at it; service requests of the sandbox are not queued."""
    if one.submission.jurisdiction.sandbox:
        return []
    meters = one.routing.ground.outside_meters
    found = reasons_of_location(one.submission.jurisdiction, meters, one.borders)
    for doubt in one.submission.doubts:
        found.setdefault(doubt.reason, doubt.detail)
    return [{"reason": reason, "detail": detail} for reason, detail in found.items()]


def _reporter_rows(submission: Submission) -> list[dict[str, str]]:
    nobody = dict.fromkeys(REPORTER_COLUMNS, "")
    return [{**nobody, **submission.reporter}] if submission.reporter else []
