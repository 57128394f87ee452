"""Gaps, conflicts, idle rules, and missing references of the active rules."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from threading import Lock

from cachetools import LRUCache
from sqlalchemy import and_, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from geo.routing.coverage import Gap, IdleRule, Layer, list_competitors, list_gaps, list_idle_rules
from geo.routing.rules import Rule
from open311.database import db
from open311.models import (
    AttributeValue,
    Boundary,
    BoundaryLayer,
    BoundarySet,
    Jurisdiction,
    RoutingRule,
    Service,
    ServiceAttribute,
)
from open311.queries.maps.sets import in_force
from open311.queries.routing.misplaced import list_misplaced
from open311.queries.routing.rules import effective, list_rules

TRIFLE = 0.001
"""Fraction of the service area that a layer can leave out along its outline."""


@dataclass(frozen=True, kw_only=True)
class BrokenReference:
    """A reference of a rule to something that no longer exists, by codes.

    That is a boundary of a layer, all boundaries of a layer, or an answer to a question.
    """

    rule: str
    layer: str = ""
    boundary: str = ""
    question: str = ""
    answer: str = ""

    def __str__(self) -> str:
        if self.question:
            return f"answer {self.answer} to {self.question}"
        return f"{self.layer} {self.boundary}".rstrip()


@dataclass(frozen=True)
class Coverage:
    """Gaps, conflicting rules (winner first), idle rules, and broken references of rules."""

    gaps: list[Gap]
    competitors: list[tuple[Rule, Rule]]
    idle: list[IdleRule]
    gone: list[BrokenReference]


def get_coverage(jurisdiction_id: str, on: date) -> Coverage:
    """Check the rules of a day with its boundary sets.

    Rules that begin later are only checked for a boundary that exists on none of their days.
    """
    rules = [rule for rule in list_rules(jurisdiction_id) if rule.is_effective(on)]
    layers = _layers(jurisdiction_id, on, {rule.layer for rule in rules})
    groups = _groups(jurisdiction_id)
    return Coverage(
        gaps=list(list_gaps(rules, groups, layers)),
        competitors=list_competitors(rules),
        idle=list_idle_rules(rules, groups, layers),
        gone=[
            *_gone_places(rules, layers),
            *_never_there(jurisdiction_id, on),
            *_gone_answers(jurisdiction_id, on),
        ],
    )


def _groups(jurisdiction_id: str) -> dict[str, str]:
    rows = db.session.execute(
        select(Service.service_code, Service.group)
        .where(Service.jurisdiction_id == jurisdiction_id, Service.active)
        .order_by(Service.group, Service.service_code)
    )
    return {row.service_code: row.group for row in rows}


def _layers(jurisdiction_id: str, on: date, named: Set[str | None]) -> dict[str, Layer]:
    """Return the codes of each layer, and whether its set covers the service area.

    Without a service area, a layer with a current set counts as covering everything. So do layers
    that are not named, since no rule is about them: measuring takes a tenth of a second for each.
    """
    in_order = aggregate_order_by(Boundary.code, Boundary.position)
    rows = db.session.execute(
        select(
            BoundaryLayer.code,
            BoundarySet.id.label("set_id"),
            func.array_remove(func.array_agg(in_order), None).label("codes"),
        )
        .outerjoin(BoundarySet, and_(BoundarySet.layer_id == BoundaryLayer.id, in_force(on)))
        .outerjoin(Boundary, Boundary.set_id == BoundarySet.id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
        .group_by(BoundaryLayer.id, BoundarySet.id)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    return {
        row.code: Layer(row.codes, row.code not in named or _covers(jurisdiction_id, row.set_id))
        for row in rows
    }


def _covers(jurisdiction_id: str, set_id: int | None) -> bool:
    """Return whether a set covers the service area, measured once for each content of both."""
    shapes = func.string_agg(
        func.ST_AsBinary(Boundary.geometry), aggregate_order_by(literal(b""), Boundary.id)
    )
    of_set = select(func.md5(shapes)).where(Boundary.set_id == set_id).scalar_subquery()
    area = func.md5(func.ST_AsBinary(Jurisdiction.service_area))
    contents = db.session.execute(select(area, of_set).where(Jurisdiction.id == jurisdiction_id))
    key = tuple(contents.one())
    with _LOCK:
        covers = _COVERS.get(key)
    if covers is None:
        covers = _left_out(jurisdiction_id, set_id) < TRIFLE
        with _LOCK:
            _COVERS[key] = covers
    return covers


_COVERS: LRUCache[tuple[str | None, ...], bool] = LRUCache(maxsize=64)
_LOCK = Lock()


def _left_out(jurisdiction_id: str, set_id: int | None) -> float:
    """Return the fraction of the service area that a set leaves out; 0 without one of both."""
    area = Jurisdiction.service_area
    boundaries = select(func.ST_UnaryUnion(func.ST_Collect(Boundary.geometry)))
    covered = boundaries.where(Boundary.set_id == set_id).scalar_subquery()
    share = func.ST_Area(func.ST_Difference(area, covered)) / func.nullif(func.ST_Area(area), 0)
    return db.session.scalar(select(share).where(Jurisdiction.id == jurisdiction_id)) or 0


def _gone_places(rules: list[Rule], layers: dict[str, Layer]) -> list[BrokenReference]:
    return [
        BrokenReference(rule=rule.code, layer=rule.layer, boundary=rule.boundary or "")
        for rule in rules
        if rule.layer is not None and not _is_there(rule, layers[rule.layer].codes)
    ]


def _is_there(rule: Rule, codes: Sequence[str]) -> bool:
    return bool(codes) if rule.boundary is None else rule.boundary in codes


def _never_there(jurisdiction_id: str, on: date) -> list[BrokenReference]:
    return [
        BrokenReference(rule=one.rule, layer=one.layer, boundary=one.boundary)
        for one in list_misplaced(jurisdiction_id, on)
        if one.first > on and not one.is_ever_there
    ]


def _gone_answers(jurisdiction_id: str, on: date) -> list[BrokenReference]:
    known = (
        select(AttributeValue.key)
        .join(ServiceAttribute, ServiceAttribute.id == AttributeValue.attribute_id)
        .where(
            ServiceAttribute.service_id == RoutingRule.service_id,
            ServiceAttribute.code == RoutingRule.question,
            AttributeValue.key == RoutingRule.answer,
        )
        .exists()
    )
    rows = db.session.execute(
        select(RoutingRule.code, RoutingRule.question, RoutingRule.answer)
        .where(
            RoutingRule.jurisdiction_id == jurisdiction_id,
            RoutingRule.active,
            effective(on),
            RoutingRule.question.is_not(None),
            ~known,
        )
        .order_by(RoutingRule.code)
    )
    return [
        BrokenReference(rule=row.code, question=row.question, answer=row.answer) for row in rows
    ]
