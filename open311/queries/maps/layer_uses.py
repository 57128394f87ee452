"""What keeps a boundary layer from being deleted."""

from sqlalchemy import exists, or_, select

from open311.database import db
from open311.models import BoundarySet, CarryOver, RoutingRule, ServiceRequestBoundary
from open311.queries.maps.sets import PUBLISHED


def find_published_set_id(layer_id: int) -> int | None:
    """Find the newest set of a layer that is published and not withdrawn."""
    return db.session.scalar(
        select(BoundarySet.id)
        .where(BoundarySet.layer_id == layer_id, PUBLISHED)
        .order_by(BoundarySet.id.desc())
        .limit(1)
    )


def list_rule_codes(layer_id: int) -> list[str]:
    """List the rules that name a layer, also inactive ones."""
    statement = select(RoutingRule.code).where(RoutingRule.layer_id == layer_id)
    return list(db.session.scalars(statement.order_by(RoutingRule.code)))


def is_in_history(layer_id: int) -> bool:
    """Return whether service requests or reroutes refer to boundaries of a layer."""
    sets = select(BoundarySet.id).where(BoundarySet.layer_id == layer_id)
    places = exists().where(ServiceRequestBoundary.layer_id == layer_id)
    reroutes = exists().where(CarryOver.boundary_set_id.in_(sets))
    return bool(db.session.scalar(select(or_(places, reroutes))))
