"""Routing rules, business hours, routing steps, reroutes, and routing tests."""

from datetime import date, datetime, time
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import point_column

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
"""Conditions of a rule in addition to its service and its boundary."""

RULE_DATES = ("effective_from", "effective_until")
"""Days on which a rule counts; they say when a rule exists, not which requests it is for."""

# A NULL equals nothing in an exclusion constraint, so each is written as a value that no rule has.
RULE_CASE = (
    "jurisdiction_id",
    "coalesce(service_id, 0)",
    "coalesce(service_group, '')",
    "coalesce(layer_id, 0)",
    "coalesce(boundary_code, '')",
    "coalesce(question, '')",
    "coalesce(answer, '')",
    "coalesce(hours, '')",
    " + ".join(f"{10**place} * coalesce(weekdays[{place + 1}], 0)" for place in range(7)),
    "coalesce(time_from, '24:00'::time)",
    "coalesce(time_until, '24:00'::time)",
    "coalesce(season_from, '')",
    "coalesce(season_until, '')",
)
"""What two rules of the same days may not have in common, as expressions for an index."""

MONTH_AND_DAY = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class RoutingRule(Base):
    """A routing rule: conditions on service, boundary, answer, and time, and a department.

    question and answer are codes of the service. hours is business or outside. weekdays are 1
    Monday to 7 Sunday. time_from (included) to time_until (excluded) can cross midnight;
    season_from to season_until (both included, as MM-DD) can cross the new year. effective_from
    (included) to effective_until (excluded) are days of the jurisdiction's calendar, NULL for no
    limit.

    Boundaries are named by code, so that rules stay valid with a new set. Withdrawn rules are kept,
    because past decisions refer to them.
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
        CheckConstraint("effective_until > effective_from", name="effective_dates_in_order"),
        # The choice between two rules for the same case on the same day would be arbitrary.
        ExcludeConstraint(
            *((text(one), "=") for one in RULE_CASE),
            (func.daterange(text("effective_from"), text("effective_until")), "&&"),
            name="ex_routing_rules_one_case",
            using="gist",
            where="active",
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
    effective_from: Mapped[date | None]
    effective_until: Mapped[date | None]
    department_id: Mapped[int]
    note: Mapped[str]
    public_reason: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool]


CARRIED = ("ended", "begun")


class CarriedRule(Base):
    """A routing rule that ends or begins with a boundary set, because codes change with it.

    kind is one of CARRIED. until_before is when the rule would have ended otherwise; withdrawing
    the set gives that day back. A rule that the set began has none.
    """

    __tablename__ = "carried_rules"
    __table_args__ = (
        CheckConstraint(f"kind IN {CARRIED}", name="kind_known"),
        CheckConstraint("kind = 'ended' OR until_before IS NULL", name="ended_before"),
        Index("ix_carried_rules_rule", "rule_id"),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("boundary_sets.id"), primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("routing_rules.id"), primary_key=True)
    kind: Mapped[str]
    until_before: Mapped[date | None]


ROUTING_STEPS = (
    "accepted",
    "handed_over",
    "moved",
    "service_changed",
    "carried_over",
    "undone",
    "pinned",
    "unpinned",
    "restored",
)


class CarryOver(Base):
    """One bulk reroute of service requests, such as after a new boundary set.

    boundary_set_id is the set whose publishing it followed, if it followed one.
    """

    __tablename__ = "carry_overs"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_someone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    boundary_set_id: Mapped[int | None] = mapped_column(ForeignKey("boundary_sets.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class RoutingStep(Base):
    """A change of the department after the first routing. A trigger makes rows append-only.

    kind is one of ROUTING_STEPS. reason is the text of the person who transferred, or that of the
    routing. before contains the replaced values, for undo.
    """

    __tablename__ = "routing_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["jurisdiction_id", "from_department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "to_department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        CheckConstraint(f"kind IN {ROUTING_STEPS}", name="kind_known"),
        CheckConstraint("kind <> 'handed_over' OR reason <> ''", name="handed_over_with_reason"),
        CheckConstraint(
            "kind <> 'handed_over' OR from_department_id <> to_department_id",
            name="handed_over_to_another",
        ),
        CheckConstraint("made_by <> ''", name="made_by_someone"),
        Index("ix_routing_steps_service_request", "service_request_pk", "id"),
        Index("ix_routing_steps_time", "jurisdiction_id", "made_at", "id"),
        Index("ix_routing_steps_carry_over", "carry_over_id", "service_request_pk"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    jurisdiction_id: Mapped[str]
    kind: Mapped[str]
    from_department_id: Mapped[int]
    to_department_id: Mapped[int]
    from_rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    to_rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    reason: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    carry_over_id: Mapped[int | None] = mapped_column(ForeignKey("carry_overs.id"))


class Canary(Base):
    """A routing test: a service at a place and the expected department."""

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


class BusinessHours(Base):
    """Business hours on a weekday, 1 Monday to 7 Sunday, in the jurisdiction's time zone.

    A day can have several, such as before and after a lunch break.
    """

    __tablename__ = "business_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_known"),
        CheckConstraint("closes > opens", name="closes_after_opening"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens: Mapped[time] = mapped_column(primary_key=True)
    closes: Mapped[time]


class Holiday(Base):
    """A holiday, without business hours."""

    __tablename__ = "holidays"

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
