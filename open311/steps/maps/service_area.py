"""Storage of a jurisdiction's service area."""

from geoalchemy2 import Geometry
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import cast, func, select, update

from open311.database import db
from open311.models import Jurisdiction, ServiceRequest
from open311.models.columns import WGS84
from open311.steps.requests.lock import lock_all
from open311.steps.requests.triage import store_settled


def store_service_area(jurisdiction_id: str, area: MultiPolygon, source: str) -> None:
    """Store a service area (degrees WGS 84); the caller commits.

    Service requests that were just outside the one before, and are inside now, are no longer
    marked, and need no review for that.
    """
    db.session.execute(
        update(Jurisdiction)
        .where(Jurisdiction.id == jurisdiction_id)
        .values(service_area=from_shape(area, srid=WGS84), service_area_source=source)
    )
    stored = select(Jurisdiction.service_area).where(Jurisdiction.id == jurisdiction_id)
    inside = lock_all(
        ServiceRequest.jurisdiction_id == jurisdiction_id,
        ServiceRequest.outside_meters.is_not(None),
        func.ST_Covers(stored.scalar_subquery(), cast(ServiceRequest.location, Geometry)),
    )
    if inside:
        mine = update(ServiceRequest).where(ServiceRequest.pk.in_(inside))
        db.session.execute(mine.values(outside_meters=None))
        store_settled(inside, ["near_outside"], "a new service area")
