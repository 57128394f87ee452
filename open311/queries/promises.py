"""What a report at a place could expect of each service: who would take it, and by when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from geo.coordinates import Point
from geo.routing import settle_borders
from geo.rules import Case
from open311.database import db
from open311.models import Service
from open311.queries.departments import list_department_names
from open311.queries.due import due_by
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routing import Ground, decide, read_ground
from open311.queries.rules import get_calendar


def with_promises(
    jurisdiction: JurisdictionInfo, services: Sequence[dict[str, Any]], point: Point, now: datetime
) -> list[dict[str, Any]]:
    """Add extended_attributes to services: rows of list_services, for a place inside.

    No question is answered yet, so rules that go by answers do not count. now is aware.
    """
    local = now.astimezone(jurisdiction.zone)
    ground = read_ground(jurisdiction, point, Maps(local.date()))
    names = list_department_names(jurisdiction.jurisdiction_id)
    dues = _dues(jurisdiction, now)
    hits = settle_borders(ground.hits)
    places = {hit.layer: {"code": hit.code, "name": hit.name} for hit in hits}
    return [
        {
            **service,
            "extended_attributes": {
                "agency_responsible": names[_department_id(ground, service, local)],
                "expected_datetime": dues[service["service_code"]],
                "boundaries": places,
            },
        }
        for service in services
    ]


def _department_id(ground: Ground, service: dict[str, Any], local: datetime) -> int:
    case = Case(
        service_code=service["service_code"],
        group=service["group"],
        at=local,
        calendar=ground.calendar,
    )
    return decide(ground, case).department_id


def _dues(jurisdiction: JurisdictionInfo, now: datetime) -> dict[str, datetime | None]:
    """Give when a report of each service made now would be due; each number of days once."""
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
