"""Removal of boundary layers that have no published version."""

from sqlalchemy import delete, select

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.maps import (
    LAYER_HAS_REQUESTS,
    LAYER_HAS_RULES,
    LAYER_HAS_VERSION,
    LAYER_UNKNOWN,
)
from open311.models import Boundary, BoundaryLayer, BoundarySet
from open311.operations.transaction import operation
from open311.queries.maps.layer_uses import find_published_set_id, is_in_history, list_rule_codes
from open311.queries.maps.layers import find_layer_id
from open311.steps.maps.sets import lock_layer


@operation
def delete_layer(jurisdiction_id: str, layer: str) -> None:
    """Delete a layer with its drafts and withdrawn versions.

    Raises NotFound, and Conflict if it has a published version, if a rule names it, or if service
    requests were in its boundaries.
    """
    layer_id = find_layer_id(jurisdiction_id, layer)
    if layer_id is None:
        raise NotFound(LAYER_UNKNOWN, field="layer", layer=layer)
    lock_layer(layer_id)
    published = find_published_set_id(layer_id)
    if published is not None:
        raise Conflict(LAYER_HAS_VERSION, layer=layer, number=str(published))
    rules = list_rule_codes(layer_id)
    if rules:
        raise Conflict(LAYER_HAS_RULES, layer=layer, rules=rules)
    if is_in_history(layer_id):
        raise Conflict(LAYER_HAS_REQUESTS, layer=layer)
    sets = select(BoundarySet.id).where(BoundarySet.layer_id == layer_id)
    db.session.execute(delete(Boundary).where(Boundary.set_id.in_(sets)))
    db.session.execute(delete(BoundarySet).where(BoundarySet.layer_id == layer_id))
    db.session.execute(delete(BoundaryLayer).where(BoundaryLayer.id == layer_id))
