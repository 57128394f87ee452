"""RoutingRule: which department a service, a group or a place belongs to."""

from datetime import time

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

RULE_CONDITIONS = (
    "question",
    "answer",
    "hours",
    "weekdays",
    "time_from",
    "time_until",
    "season_from",
    "season_until",
)
"""The columns that narrow a rule down beside its service and its place."""

MONTH_AND_DAY = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class RoutingRule(Base):
    """Service or group or any, boundary or layer or any, at some times or always, to a department.

    question and answer name an answer to one of the service's questions. hours is business or
    outside, of the jurisdiction's business hours; weekdays are 1 Monday to 7 Sunday; time_from
    (included) to time_until (excluded) may run over midnight, season_from to season_until (both
    included, as MM-DD) over the new year.

    A boundary is named by its code, which lives on when a new set replaces the old one.
    A rule that is withdrawn stays, because past decisions point to it.
    """

    __tablename__ = "routing_rules"
    __table_args__ = (
        CheckConstraint("service_id IS NULL OR service_group IS NULL", name="service_or_group"),
        CheckConstraint("boundary_code IS NULL OR layer_id IS NOT NULL", name="boundary_in_layer"),
        CheckConstraint("(question IS NULL) = (answer IS NULL)", name="question_has_answer"),
        CheckConstraint("question IS NULL OR service_id IS NOT NULL", name="question_of_service"),
        CheckConstraint("hours IN ('business', 'outside')", name="hours_known"),
        CheckConstraint(
            "weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[] AND cardinality(weekdays) > 0",
            name="weekdays_known",
        ),
        CheckConstraint("(time_from IS NULL) = (time_until IS NULL)", name="times_together"),
        CheckConstraint("time_from <> time_until", name="times_differ"),
        CheckConstraint("(season_from IS NULL) = (season_until IS NULL)", name="season_together"),
        CheckConstraint(
            f"season_from ~ '{MONTH_AND_DAY}' AND season_until ~ '{MONTH_AND_DAY}'",
            name="season_form",
        ),
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
            *RULE_CONDITIONS,
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
    question: Mapped[str | None]
    answer: Mapped[str | None]
    hours: Mapped[str | None]
    weekdays: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    time_from: Mapped[time | None]
    time_until: Mapped[time | None]
    season_from: Mapped[str | None]
    season_until: Mapped[str | None]
    department_id: Mapped[int]
    note: Mapped[str]
    active: Mapped[bool]
