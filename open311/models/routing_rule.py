"""RoutingRule: which department a service, a group or a place belongs to."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class RoutingRule(Base):
    """Service or group or any, boundary or layer or any, to a department.

    A boundary is named by its code, which lives on when a new set replaces the old one.
    A rule that is withdrawn stays, because past decisions point to it.
    """

    __tablename__ = "routing_rules"
    __table_args__ = (
        CheckConstraint("service_id IS NULL OR service_group IS NULL", name="service_or_group"),
        CheckConstraint("boundary_code IS NULL OR layer_id IS NOT NULL", name="boundary_in_layer"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"], ["services.jurisdiction_id", "services.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "layer_id"],
            ["boundary_layers.jurisdiction_id", "boundary_layers.id"],
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        Index("uq_routing_rules_code", "jurisdiction_id", "code", unique=True),
        # Two rules for the very same case could only be told apart by chance.
        Index(
            "uq_routing_rules_case",
            "jurisdiction_id",
            "service_id",
            "service_group",
            "layer_id",
            "boundary_code",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="active",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    code: Mapped[str]
    service_id: Mapped[int | None]
    service_group: Mapped[str | None]
    layer_id: Mapped[int | None]
    boundary_code: Mapped[str | None]
    department_id: Mapped[int]
    note: Mapped[str]
    active: Mapped[bool]
