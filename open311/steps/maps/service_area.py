"""Storage of a jurisdiction's service area."""

from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import update

from open311.database import db
from open311.models import Jurisdiction
from open311.models.columns import WGS84


def store_service_area(jurisdiction_id: str, area: MultiPolygon, source: str) -> None:
    """Store a service area (degrees WGS 84); the caller commits."""
    db.session.execute(
        update(Jurisdiction)
        .where(Jurisdiction.id == jurisdiction_id)
        .values(service_area=from_shape(area, srid=WGS84), service_area_source=source)
    )
