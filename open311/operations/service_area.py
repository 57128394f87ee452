"""The area outside of which a jurisdiction takes no reports."""

from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import update

from open311.database import db
from open311.models import Jurisdiction
from open311.models.columns import WGS84


def import_service_area(jurisdiction_id: str, area: MultiPolygon, source: str) -> None:
    """Store a service area in degrees on WGS 84, in place of the one there is."""
    store_service_area(jurisdiction_id, area, source)
    db.session.commit()


def store_service_area(jurisdiction_id: str, area: MultiPolygon, source: str) -> None:
    """Store a service area without committing."""
    db.session.execute(
        update(Jurisdiction)
        .where(Jurisdiction.id == jurisdiction_id)
        .values(service_area=from_shape(area, srid=WGS84), service_area_source=source)
    )
