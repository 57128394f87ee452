"""Rules that name a boundary which is not there when they begin to count."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select

from open311.database import db
from open311.models import Boundary, BoundaryLayer, BoundarySet, RoutingRule
from open311.queries.maps.sets import PUBLISHED


@dataclass(frozen=True, kw_only=True)
class Misplaced:
    """A rule whose boundary is in no current set of the layer on a day, all by codes.

    first is the first day from today on which the rule counts. is_ever_there is whether a
    published set has the boundary on that day or a later one of the rule.
    """

    rule: str
    layer: str
    boundary: str
    first: date
    is_ever_there: bool

    @property
    def place(self) -> str:
        return f"{self.layer} {self.boundary}"


def list_misplaced(jurisdiction_id: str, today: date) -> list[Misplaced]:
    """List these rules by layer and code. Rules that ended and layers without sets have none."""
    begin, end = RoutingRule.effective_from, RoutingRule.effective_until
    first = func.greatest(func.coalesce(begin, today), today)
    set_days = func.daterange(BoundarySet.in_force_from, BoundarySet.in_force_until)
    ahead = or_(BoundarySet.in_force_until.is_(None), BoundarySet.in_force_until > today)
    has_sets = exists().where(BoundarySet.layer_id == BoundaryLayer.id, PUBLISHED, ahead)
    rows = db.session.execute(
        select(
            RoutingRule.code.label("rule"),
            BoundaryLayer.code.label("layer"),
            RoutingRule.boundary_code.label("boundary"),
            first.label("first"),
            _has_it(set_days.op("&&")(func.daterange(first, end))).label("is_ever_there"),
        )
        .join(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(
            RoutingRule.jurisdiction_id == jurisdiction_id,
            RoutingRule.active,
            RoutingRule.boundary_code.is_not(None),
            or_(end.is_(None), end > today),
            has_sets,
            ~_has_it(set_days.op("@>")(first)),
        )
        .order_by(BoundaryLayer.position, BoundaryLayer.id, RoutingRule.code)
    )
    return [Misplaced(**row) for row in rows.mappings()]


def _has_it(on: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether a published set of the days has the boundary that the rule names."""
    return (
        exists()
        .where(
            Boundary.set_id == BoundarySet.id,
            BoundarySet.layer_id == RoutingRule.layer_id,
            PUBLISHED,
            on,
            Boundary.code == RoutingRule.boundary_code,
        )
        .correlate(RoutingRule)
    )
