"""Canary: a place whose department is known, to be asked for before a map or a rule changes."""

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import point_column


class Canary(Base):
    """A service at a place, and the department that it must go to."""

    __tablename__ = "canaries"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "name"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"], ["services.jurisdiction_id", "services.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint(
            "NOT ST_IsEmpty(location) AND abs(ST_X(location)) <= 180 AND abs(ST_Y(location)) <= 90",
            name="location_on_earth",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    name: Mapped[str]
    service_id: Mapped[int]
    department_id: Mapped[int]
    location: Mapped[WKBElement] = mapped_column(point_column())
    note: Mapped[str]
