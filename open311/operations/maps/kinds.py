"""Layers whose boundaries overlap on purpose, and others."""

from sqlalchemy import select, update

from open311.database import db
from open311.errors import NotFound
from open311.job_queue import defer
from open311.messages.maps import LAYER_UNKNOWN
from open311.models import BoundaryLayer
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope

MEASURE = "routing.measure"
"""The job that finds again which open requests are near a boundary or in an overlap."""


@operation
def set_overlapping(jurisdiction: Scope, layer: str, *, overlapping: bool) -> bool:
    """Change whether the boundaries of a layer overlap on purpose; return whether it changed.

    A job measures open service requests again. Their departments stay. Raises NotFound.
    """
    mine = (
        BoundaryLayer.jurisdiction_id == jurisdiction.jurisdiction_id,
        BoundaryLayer.code == layer,
    )
    stored = db.session.scalar(select(BoundaryLayer.overlapping).where(*mine).with_for_update())
    if stored is None:
        raise NotFound(LAYER_UNKNOWN, field="layer", layer=layer)
    if stored == overlapping:
        return False
    db.session.execute(update(BoundaryLayer).where(*mine).values(overlapping=overlapping))
    defer(MEASURE, lock=MEASURE, jurisdiction_id=jurisdiction.jurisdiction_id)
    return True
