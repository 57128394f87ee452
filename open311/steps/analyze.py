"""Statistics of tables that were filled at once, so that PostgreSQL plans for what is in them."""

from sqlalchemy import Table, text

from open311.database import Base, db
from open311.models import Boundary, BoundaryEdge, BoundarySet, ServiceRequest
from open311.models import ServiceRequestBoundary as Place

MAPS = (BoundarySet, Boundary, BoundaryEdge)

REQUESTS = (ServiceRequest, Place)


def store_statistics(*tables: type[Base] | Table) -> None:
    """Analyze tables, also of models, as this transaction sees them; the caller commits."""
    names = ", ".join(one.name if isinstance(one, Table) else one.__tablename__ for one in tables)
    db.session.execute(text(f"ANALYZE {names}"))
