"""What the rules in use leave open, compete for, or name though it is gone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from geo.coverage import Gap, list_competitors, list_gaps
from geo.rules import Rule
from open311.database import db
from open311.models import (
    AttributeValue,
    Boundary,
    BoundaryLayer,
    BoundarySet,
    RoutingRule,
    Service,
    ServiceAttribute,
)
from open311.queries.in_force import in_force
from open311.queries.rules import list_rules


@dataclass(frozen=True)
class Coverage:
    """Gaps, pairs of competing rules with the winner first, and (rule, what is gone)."""

    gaps: list[Gap]
    competitors: list[tuple[Rule, Rule]]
    gone: list[tuple[str, str]]


def get_coverage(jurisdiction_id: str, on: date) -> Coverage:
    """Look at all rules in use by the maps of a day."""
    rules = list_rules(jurisdiction_id)
    boundaries = _boundaries(jurisdiction_id, on)
    return Coverage(
        gaps=list(list_gaps(rules, _groups(jurisdiction_id), boundaries)),
        competitors=list_competitors(rules),
        gone=[*_gone_places(rules, boundaries), *_gone_answers(jurisdiction_id)],
    )


def _groups(jurisdiction_id: str) -> dict[str, str]:
    rows = db.session.execute(
        select(Service.service_code, Service.group)
        .where(Service.jurisdiction_id == jurisdiction_id, Service.active)
        .order_by(Service.group, Service.service_code)
    )
    return {row.service_code: row.group for row in rows}


def _boundaries(jurisdiction_id: str, on: date) -> dict[str, list[str]]:
    layers = db.session.scalars(
        select(BoundaryLayer.code)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    codes: dict[str, list[str]] = {layer: [] for layer in layers}
    rows = db.session.execute(
        select(BoundaryLayer.code.label("layer"), Boundary.code)
        .join(BoundarySet, BoundarySet.layer_id == BoundaryLayer.id)
        .join(Boundary, Boundary.set_id == BoundarySet.id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, in_force(on))
        .order_by(Boundary.position)
    )
    for row in rows:
        codes[row.layer].append(row.code)
    return codes


def _gone_places(rules: list[Rule], boundaries: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [
        (rule.code, f"{rule.layer} {rule.boundary}" if rule.boundary else str(rule.layer))
        for rule in rules
        if rule.layer is not None
        and (not boundaries[rule.layer] or rule.boundary not in (None, *boundaries[rule.layer]))
    ]


def _gone_answers(jurisdiction_id: str) -> list[tuple[str, str]]:
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
            RoutingRule.question.is_not(None),
            ~known,
        )
        .order_by(RoutingRule.code)
    )
    return [(row.code, f"answer {row.answer} to {row.question}") for row in rows]
