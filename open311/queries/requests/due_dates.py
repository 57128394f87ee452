"""Due dates: in working time, and as expected for each service at a place."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from geo.coordinates import Point
from geo.routing.decide import Decision, settle_borders
from geo.routing.public_reason import public_reason_of
from geo.routing.rules import Case, Hit
from geo.routing.times import Calendar
from geo.routing.working_time import days_between, due_after, start_before
from open311.database import db
from open311.models import Service
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import Ground, decide, read_ground
from open311.queries.routing.rules import get_calendar


def find_due(jurisdiction: Scope, start: datetime, days: float | None) -> datetime | None:
    """Return the time a number of days after an aware moment, in UTC; None without a number."""
    if days is None:
        return None
    return due_by(jurisdiction, start, days, get_calendar(jurisdiction.jurisdiction_id))


def due_by(jurisdiction: Scope, start: datetime, days: float, calendar: Calendar) -> datetime:
    """Return the same with a calendar that was read before."""
    return due_after(start.astimezone(jurisdiction.zone), days, calendar).astimezone(UTC)


LOOK_DAYS = 1
"""Working days after which a held report that nobody has looked at is overdue."""


def look_overdue_since(jurisdiction: Scope, calendar: Calendar, now: datetime) -> datetime:
    """Return the moment, in UTC, up to which a report was held that is overdue for a look now."""
    return start_before(now.astimezone(jurisdiction.zone), LOOK_DAYS, calendar).astimezone(UTC)


def find_moved(jurisdiction: Scope, due: datetime, begin: datetime, end: datetime) -> datetime:
    """Return a due date extended by the working time between two moments."""
    calendar = get_calendar(jurisdiction.jurisdiction_id)
    days = days_between(begin.astimezone(jurisdiction.zone), end, calendar)
    return due_by(jurisdiction, due, days, calendar) if days else due


def with_promises(
    jurisdiction: Scope,
    services: Sequence[dict[str, Any]],
    point: Point,
    now: datetime,
    tolerance: float,
) -> list[dict[str, Any]]:
    """Add extended_attributes to rows of list_services, for a point in the service area.

    It may be less than tolerance meters outside.
    Rules with answers do not apply, because no question is answered yet. now is aware.
    """
    local = now.astimezone(jurisdiction.zone)
    ground = read_ground(jurisdiction, point, Maps(local.date()), tolerance=tolerance)
    names = list_department_names(jurisdiction.jurisdiction_id)
    dues = _dues(jurisdiction, now)
    hits = settle_borders(ground.hits)
    places = _names(hits)
    decisions = [_decision(ground, service, local) for service in services]
    return [
        {
            **service,
            "extended_attributes": {
                "agency_responsible": names[decision.department_id],
                "agency_reason": _reason(decision),
                "expected_datetime": dues[service["service_code"]],
                "boundaries": places,
            },
        }
        for service, decision in zip(services, decisions, strict=True)
    ]


def _names(hits: Sequence[Hit]) -> dict[str, dict[str, str]]:
    return {hit.layer: {"code": hit.code, "name": hit.name} for hit in hits}


def _reason(decision: Decision) -> dict[str, Any] | None:
    reason = public_reason_of(decision)
    if not reason:
        return None
    return {"text": reason.text or None, "boundaries": _names(reason.boundaries)}


def _decision(ground: Ground, service: dict[str, Any], local: datetime) -> Decision:
    case = Case(
        service_code=service["service_code"],
        group=service["group"],
        at=local,
        calendar=ground.calendar,
    )
    return decide(ground, case)


def _dues(jurisdiction: Scope, now: datetime) -> dict[str, datetime | None]:
    """Return the due date of each service for a request submitted now."""
    rows = db.session.execute(
        select(Service.service_code, Service.expected_days).where(
            Service.jurisdiction_id == jurisdiction.jurisdiction_id
        )
    ).all()
    calendar = get_calendar(jurisdiction.jurisdiction_id)
    by_days = {
        days: due_by(jurisdiction, now, days, calendar)
        for days in {row.expected_days for row in rows}
        if days is not None
    }
    return {row.service_code: by_days.get(row.expected_days) for row in rows}
