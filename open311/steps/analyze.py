"""Statistics of tables that were filled at once, so that PostgreSQL plans for what is in them."""

from sqlalchemy import text

from open311.database import db
from open311.models import Boundary, BoundaryEdge, BoundarySet, ServiceRequest
from open311.models import ServiceRequestBoundary as Place

MAPS = (BoundarySet, Boundary, BoundaryEdge)

REQUESTS = (ServiceRequest, Place)


def store_statistics(*models: type) -> None:
    """Analyze the tables of models, as this transaction sees them; the caller commits."""
    names = ", ".join(model.__tablename__ for model in models)  # type: ignore[attr-defined]
    db.session.execute(text(f"ANALYZE {names}"))
