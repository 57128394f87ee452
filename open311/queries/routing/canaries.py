"""Canaries: places whose department is known, and where the rules send them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from geo.coordinates import Point
from geo.routing.decide import Decision
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentence
from open311.models import Canary, Department, Service
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import RoutingCase, route


@dataclass(frozen=True, kw_only=True)
class CanaryInfo:
    """A service at a place, and the department that it must go to."""

    name: str
    service_code: str
    group: str
    point: Point
    department_id: int
    department: str
    note: str


@dataclass(frozen=True)
class CanaryResult:
    """Where a canary goes, and why. found is the department's name; None where it is refused.

    why is the decision, or the problem of a location that is refused.
    """

    canary: CanaryInfo
    found: str | None
    agrees: bool
    why: Decision | Problem

    @property
    def reason(self) -> str:
        """The reason in English, with codes."""
        return api_sentence(self.why) if isinstance(self.why, Problem) else str(self.why)

    def __str__(self) -> str:
        canary = self.canary
        place = f"{canary.point.lat} {canary.point.long}"
        what = f"routing test {canary.name} ({canary.service_code} at {place})"
        if self.agrees:
            return f"{what} goes to {canary.department}"
        return (
            f"{what} must go to {canary.department}, but goes to {self.found or 'nobody'}: "
            f"{self.reason.rstrip('.')}"
        )


def list_canaries(jurisdiction_id: str) -> list[CanaryInfo]:
    """List the canaries by name."""
    rows = db.session.execute(
        select(
            Canary.name,
            Service.service_code,
            Service.group,
            func.ST_Y(Canary.location).label("lat"),
            func.ST_X(Canary.location).label("long"),
            Canary.department_id,
            Department.name.label("department"),
            Canary.note,
        )
        .join(Service, Service.id == Canary.service_id)
        .join(Department, Department.id == Canary.department_id)
        .where(Canary.jurisdiction_id == jurisdiction_id)
        .order_by(Canary.name)
    ).mappings()
    return [
        CanaryInfo(
            point=Point(lat=row["lat"], long=row["long"]),
            **{name: value for name, value in row.items() if name not in ("lat", "long")},
        )
        for row in rows
    ]


def check_canaries(jurisdiction: Scope, maps: Maps) -> list[CanaryResult]:
    """Route each canary by these maps, at noon of their day, and say where it goes."""
    return [_check(jurisdiction, one, maps) for one in list_canaries(jurisdiction.jurisdiction_id)]


def _check(jurisdiction: Scope, canary: CanaryInfo, maps: Maps) -> CanaryResult:
    noon = datetime(maps.on.year, maps.on.month, maps.on.day, 12, tzinfo=jurisdiction.zone)
    question = RoutingCase(
        service_code=canary.service_code,
        group=canary.group,
        point=canary.point,
        at=noon.astimezone(UTC),
        maps=maps,
    )
    try:
        decision = route(jurisdiction, question)
    except OutsideServiceArea as error:
        return CanaryResult(canary, None, False, error.problems[0])
    if decision.department_id == canary.department_id:
        return CanaryResult(canary, canary.department, True, decision)
    found = select(Department.name).where(Department.id == decision.department_id)
    return CanaryResult(canary, db.session.scalar(found), False, decision)
