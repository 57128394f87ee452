"""Routing tests and their results."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from geo.coordinates import Point
from geo.routing.decide import Decision
from geo.routing.rules import Rule
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentence
from open311.models import BoundaryLayer, BoundarySet, Canary, Department, Service
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import Guide, RoutingCase, read_ground, read_guide, routing_by


@dataclass(frozen=True, kw_only=True)
class CanaryInfo:
    """A routing test: a service, a location, and the expected department."""

    name: str
    service_code: str
    group: str
    point: Point
    department_id: int
    department: str
    note: str


@dataclass(frozen=True)
class CanaryResult:
    """The result of a routing test. found is a department's name; None for a rejected location.

    why is the decision, or the problem of a rejected location. waits_for is the layer, without any
    version yet, of a rule that would send it to the expected department.
    """

    canary: CanaryInfo
    found: str | None
    agrees: bool
    why: Decision | Problem
    waits_for: str | None = None

    @property
    def fails(self) -> bool:
        """Whether it goes elsewhere, and waits for nothing."""
        return not self.agrees and self.waits_for is None

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
        if self.waits_for is not None:
            return f"{what} waits for the first version of the layer {self.waits_for}"
        return (
            f"{what} must go to {canary.department}, but goes to {self.found or 'nobody'}: "
            f"{self.reason.rstrip('.')}"
        )


def list_canaries(jurisdiction_id: str) -> list[CanaryInfo]:
    """List the routing tests by name."""
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


def check_canaries(
    jurisdiction: Scope, maps: Maps, guide: Guide | None = None
) -> list[CanaryResult]:
    """Run the routing tests with these boundary sets, at noon of their day; by name.

    A guide replaces the stored rules.
    """
    canaries = list_canaries(jurisdiction.jurisdiction_id)
    if not canaries:
        return []
    guide = guide or read_guide(jurisdiction)
    results = [_check(jurisdiction, one, maps, guide) for one in canaries]
    if all(one.agrees for one in results):
        return results
    to_come = _list_layers_to_come(jurisdiction.jurisdiction_id, maps)
    return [one if one.agrees else _waiting(one, guide.rules, to_come, maps.on) for one in results]


def _list_layers_to_come(jurisdiction_id: str, maps: Maps) -> set[str]:
    """List the layers that have never had a published set, and have none in these maps."""
    published = select(BoundarySet.id).where(
        BoundarySet.layer_id == BoundaryLayer.id, BoundarySet.published_at.is_not(None)
    )
    statement = select(BoundaryLayer.code).where(
        BoundaryLayer.jurisdiction_id == jurisdiction_id,
        BoundaryLayer.id.not_in(maps.instead.keys()),
        ~published.exists(),
    )
    return set(db.session.scalars(statement))


def _waiting(
    result: CanaryResult, rules: Sequence[Rule], to_come: Collection[str], day: date
) -> CanaryResult:
    """Return a failing result as one that waits if a rule of a layer to come would make it pass."""
    if result.found is None:
        return result  # no rule decides about a location that is refused
    canary = result.canary
    for rule in rules:
        is_expected = rule.department_id == canary.department_id and rule.is_effective(day)
        if is_expected and rule.layer in to_come and rule.is_for(canary.service_code, canary.group):
            return replace(result, waits_for=rule.layer)
    return result


def _check(jurisdiction: Scope, canary: CanaryInfo, maps: Maps, guide: Guide) -> CanaryResult:
    noon = datetime(maps.on.year, maps.on.month, maps.on.day, 12, tzinfo=jurisdiction.zone)
    question = RoutingCase(
        service_code=canary.service_code,
        group=canary.group,
        point=canary.point,
        at=noon.astimezone(UTC),
        maps=maps,
    )
    try:
        ground = read_ground(jurisdiction, canary.point, maps, guide)
    except OutsideServiceArea as error:
        return CanaryResult(canary, None, False, error.problems[0])
    decision = routing_by(jurisdiction, question, ground).decision
    if decision.department_id == canary.department_id:
        return CanaryResult(canary, canary.department, True, decision)
    found = select(Department.name).where(Department.id == decision.department_id)
    return CanaryResult(canary, db.session.scalar(found), False, decision)
