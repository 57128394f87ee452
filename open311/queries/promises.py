"""What a report at a place could expect of each service: who would take it, and by when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from geo.coordinates import Point
from geo.routing import settle_borders
from geo.rules import Case
from open311.database import db
from open311.models import Service
from open311.queries.departments import list_department_names
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routing import Ground, decide, read_ground


def with_promises(
    jurisdiction: JurisdictionInfo, services: Sequence[dict[str, Any]], point: Point, now: datetime
) -> list[dict[str, Any]]:
    """Add extended_attributes to services: rows of list_services, for a place inside.

    No question is answered yet, so rules that go by answers do not count. now is aware.
    """
    local = now.astimezone(jurisdiction.zone)
    ground = read_ground(jurisdiction, point, Maps(local.date()))
    names = list_department_names(jurisdiction.jurisdiction_id)
    days = _expected_days(jurisdiction.jurisdiction_id)
    hits = settle_borders(ground.hits)
    places = {hit.layer: {"code": hit.code, "name": hit.name} for hit in hits}
    return [
        {
            **service,
            "extended_attributes": {
                "agency_responsible": names[_department_id(ground, service, local)],
                "expected_datetime": _after(now, days[service["service_code"]]),
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


def _after(now: datetime, days: float | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)


def _expected_days(jurisdiction_id: str) -> dict[str, float | None]:
    rows = db.session.execute(
        select(Service.service_code, Service.expected_days).where(
            Service.jurisdiction_id == jurisdiction_id
        )
    )
    return {row.service_code: row.expected_days for row in rows}
