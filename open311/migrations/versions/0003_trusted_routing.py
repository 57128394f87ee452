"""Routing that can be trusted: drafts, calendars, canaries, borders, pins, steps and triage."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)

MONTH_AND_DAY = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

# What a set was asked to end on is what it ends on, unless another one begins there.
FILL_SETS = """
    UPDATE boundary_sets
    SET license = '', vintage = '', imported_by = 'import', carry_over = false,
        published_at = imported_at, published_by = 'import',
        asked_until = CASE
            WHEN in_force_until > in_force_from AND NOT EXISTS (
                SELECT FROM boundary_sets AS later
                WHERE later.layer_id = boundary_sets.layer_id
                  AND later.in_force_from = boundary_sets.in_force_until
            ) THEN in_force_until
        END
"""

ONE_WAS_IN_FORCE = """
    ALTER TABLE boundary_sets ADD CONSTRAINT ex_boundary_sets_one_in_force
    EXCLUDE USING gist (layer_id WITH =, daterange(in_force_from, in_force_until) WITH &&)
"""

ONE_IN_FORCE = f"""
    {ONE_WAS_IN_FORCE} WHERE (published_at IS NOT NULL AND withdrawn_at IS NULL)
    DEFERRABLE INITIALLY DEFERRED
"""

# The outlines in pieces of one segment each, none longer than 0.005 degrees; what is imported
# from now on is cut by the application.
FILL_EDGES = """
    INSERT INTO boundary_edges (boundary_id, set_id, edge)
    SELECT boundaries.id, boundaries.set_id, segments.geom::geography
    FROM boundaries,
         ST_DumpSegments(ST_Segmentize(ST_Boundary(boundaries.geometry), 0.005)) AS segments
"""

RULE_CASE = ["jurisdiction_id", "service_id", "service_group", "layer_id", "boundary_code"]
RULE_CONDITIONS = [
    "question",
    "answer",
    "hours",
    "weekdays",
    "time_from",
    "time_until",
    "season_from",
    "season_until",
]

FILL_SERVICE_REQUESTS = """
    UPDATE service_requests
    SET pinned = false, near_border = false,
        location_from = CASE WHEN location IS NOT NULL THEN 'client' END
"""

HISTORY_STAYS = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""

HISTORY_STAYED = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'status changes are only ever added'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def upgrade() -> None:
    _change_sets()
    _change_layers_and_rules()
    _change_service_requests()
    op.add_column("api_keys", sa.Column("staff", sa.Boolean()))
    op.execute("UPDATE api_keys SET staff = false")
    op.alter_column("api_keys", "staff", nullable=False)
    op.execute(HISTORY_STAYS)
    _create_calendar()
    _create_canaries()
    _create_steps()
    _create_triage()
    _create_edges()


def _change_sets() -> None:
    for column in (
        sa.Column("asked_until", sa.Date()),
        sa.Column("license", sa.String()),
        sa.Column("vintage", sa.String()),
        sa.Column("imported_by", sa.String()),
        sa.Column("published_at", MOMENT),
        sa.Column("published_by", sa.String()),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("withdrawn_by", sa.String()),
        sa.Column("carry_over", sa.Boolean()),
    ):
        op.add_column("boundary_sets", column)
    op.execute(FILL_SETS)
    for name in ("license", "vintage", "imported_by", "carry_over"):
        op.alter_column("boundary_sets", name, nullable=False)
    op.alter_column("boundary_sets", "in_force_from", nullable=True)
    for name, condition in (
        ("asked_dates_in_order", "asked_until > in_force_from"),
        ("published_from_a_day", "(published_at IS NULL) = (in_force_from IS NULL)"),
        ("published_by_someone", "(published_at IS NULL) = (published_by IS NULL)"),
        ("withdrawn_by_someone", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_boundary_sets_{name}"), "boundary_sets", condition)
    op.drop_constraint("ex_boundary_sets_one_in_force", "boundary_sets")
    op.execute(ONE_IN_FORCE)


def _change_layers_and_rules() -> None:
    op.add_column("boundary_layers", sa.Column("exception", sa.Boolean()))
    op.add_column("boundary_layers", sa.Column("reach_meters", sa.Float()))
    op.execute("UPDATE boundary_layers SET exception = false")
    op.alter_column("boundary_layers", "exception", nullable=False)
    op.create_check_constraint(
        op.f("ck_boundary_layers_reach_positive"), "boundary_layers", "reach_meters > 0"
    )
    for column in (
        sa.Column("question", sa.String()),
        sa.Column("answer", sa.String()),
        sa.Column("hours", sa.String()),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger())),
        sa.Column("time_from", sa.Time()),
        sa.Column("time_until", sa.Time()),
        sa.Column("season_from", sa.String()),
        sa.Column("season_until", sa.String()),
    ):
        op.add_column("routing_rules", column)
    season = f"season_from ~ '{MONTH_AND_DAY}' AND season_until ~ '{MONTH_AND_DAY}'"
    weekdays = "weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[] AND cardinality(weekdays) > 0"
    for name, condition in (
        ("question_has_answer", "(question IS NULL) = (answer IS NULL)"),
        ("question_of_service", "question IS NULL OR service_id IS NOT NULL"),
        ("hours_known", "hours IN ('business', 'outside')"),
        ("weekdays_known", weekdays),
        ("times_together", "(time_from IS NULL) = (time_until IS NULL)"),
        ("times_differ", "time_from <> time_until"),
        ("season_together", "(season_from IS NULL) = (season_until IS NULL)"),
        ("season_form", season),
    ):
        op.create_check_constraint(op.f(f"ck_routing_rules_{name}"), "routing_rules", condition)
    _replace_case([*RULE_CASE, *RULE_CONDITIONS])


def _replace_case(columns: list[str]) -> None:
    op.drop_index("uq_routing_rules_case", "routing_rules")
    op.create_index(
        "uq_routing_rules_case",
        "routing_rules",
        columns,
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where="active",
    )


def _change_service_requests() -> None:
    for column in (
        sa.Column("pinned", sa.Boolean()),
        sa.Column("accepted_at", MOMENT),
        sa.Column("location_from", sa.String()),
        sa.Column("accuracy_meters", sa.Float()),
        sa.Column("near_border", sa.Boolean()),
    ):
        op.add_column("service_requests", column)
    # No copy elsewhere has to hear of it: nothing changes that a client can see.
    op.execute("ALTER TABLE service_requests DISABLE TRIGGER number_change")
    op.execute(FILL_SERVICE_REQUESTS)
    op.execute("ALTER TABLE service_requests ENABLE TRIGGER number_change")
    for name in ("pinned", "near_border"):
        op.alter_column("service_requests", name, nullable=False)
    for name, condition in (
        (
            "location_from_known",
            "location_from IN ('client', 'address_point', 'geocoder', 'staff')",
        ),
        ("location_from_somewhere", "(location IS NULL) = (location_from IS NULL)"),
        ("accuracy_positive", "accuracy_meters > 0"),
    ):
        op.create_check_constraint(
            op.f(f"ck_service_requests_{name}"), "service_requests", condition
        )
    _add_neighbors()


def _add_neighbors() -> None:
    table = "service_request_boundaries"
    op.alter_column(table, "boundary_id", nullable=True)
    op.add_column(table, sa.Column("neighbor_id", sa.Integer()))
    op.add_column(table, sa.Column("neighbor_meters", sa.Float()))
    op.add_column(table, sa.Column("near", sa.Boolean()))
    op.execute("UPDATE service_request_boundaries SET near = false")
    op.alter_column(table, "near", nullable=False)
    op.create_foreign_key(
        op.f("fk_service_request_boundaries_neighbor_id_layer_id"),
        table,
        "boundaries",
        ["neighbor_id", "layer_id"],
        ["id", "layer_id"],
    )
    for name, condition in (
        ("somewhere_or_near", "boundary_id IS NOT NULL OR neighbor_id IS NOT NULL"),
        ("neighbor_has_distance", "(neighbor_id IS NULL) = (neighbor_meters IS NULL)"),
        ("distance_not_negative", "neighbor_meters >= 0"),
        ("near_what", "NOT near OR neighbor_id IS NOT NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _create_calendar() -> None:
    op.create_table(
        "business_hours",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_business_hours_weekday_known")),
        sa.CheckConstraint("closes > opens", name=op.f("ck_business_hours_closes_after_opening")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_business_hours_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint(
            "jurisdiction_id", "weekday", "opens", name=op.f("pk_business_hours")
        ),
    )
    op.create_table(
        "holidays",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_holidays_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "day", name=op.f("pk_holidays")),
    )


def _create_canaries() -> None:
    op.create_table(
        "canaries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("location", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_canaries_named")),
        sa.CheckConstraint(
            "NOT ST_IsEmpty(location) AND abs(ST_X(location)) <= 180 AND abs(ST_Y(location)) <= 90",
            name=op.f("ck_canaries_location_on_earth"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_canaries_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"],
            ["services.jurisdiction_id", "services.id"],
            name=op.f("fk_canaries_jurisdiction_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
            name=op.f("fk_canaries_jurisdiction_id_department_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canaries")),
        sa.UniqueConstraint(
            "jurisdiction_id", "name", name=op.f("uq_canaries_jurisdiction_id_name")
        ),
    )


def _create_steps() -> None:
    op.create_table(
        "carry_overs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("boundary_set_id", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)",
            name=op.f("ck_carry_overs_undone_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_carry_overs_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["boundary_set_id"], ["boundary_sets.id"], name=op.f("fk_carry_overs_boundary_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_overs")),
    )
    op.create_table(
        "routing_steps",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_department_id", sa.Integer(), nullable=False),
        sa.Column("to_department_id", sa.Integer(), nullable=False),
        sa.Column("from_rule_id", sa.Integer(), nullable=True),
        sa.Column("to_rule_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("carry_over_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('accepted', 'handed_over', 'moved', 'service_changed', 'carried_over', "
            "'undone', 'pinned', 'unpinned')",
            name=op.f("ck_routing_steps_kind_known"),
        ),
        sa.CheckConstraint(
            "kind <> 'handed_over' OR reason <> ''",
            name=op.f("ck_routing_steps_handed_over_with_reason"),
        ),
        sa.CheckConstraint(
            "kind <> 'handed_over' OR from_department_id <> to_department_id",
            name=op.f("ck_routing_steps_handed_over_to_another"),
        ),
        sa.CheckConstraint("made_by <> ''", name=op.f("ck_routing_steps_made_by_someone")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "from_department_id"],
            ["departments.jurisdiction_id", "departments.id"],
            name=op.f("fk_routing_steps_jurisdiction_id_from_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "to_department_id"],
            ["departments.jurisdiction_id", "departments.id"],
            name=op.f("fk_routing_steps_jurisdiction_id_to_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_routing_steps_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["from_rule_id"], ["routing_rules.id"], name=op.f("fk_routing_steps_from_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_rule_id"], ["routing_rules.id"], name=op.f("fk_routing_steps_to_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["carry_over_id"], ["carry_overs.id"], name=op.f("fk_routing_steps_carry_over_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_steps")),
    )
    for name, columns in (
        ("service_request", ["service_request_pk", "id"]),
        ("time", ["jurisdiction_id", "made_at", "id"]),
        ("carry_over", ["carry_over_id", "service_request_pk"]),
    ):
        op.create_index(f"ix_routing_steps_{name}", "routing_steps", columns)
    op.execute(
        "CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON routing_steps "
        "FOR EACH ROW EXECUTE FUNCTION history_stays()"
    )


def _create_triage() -> None:
    op.create_table(
        "triage_entries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('near_border', 'no_place', 'address_mismatch', 'odd_place', "
            "'handed_over_often')",
            name=op.f("ck_triage_entries_reason_known"),
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_triage_entries_settled_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_triage_entries_jurisdiction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_triage_entries_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_entries")),
    )
    op.create_index(
        "uq_triage_entries_open",
        "triage_entries",
        ["service_request_pk", "reason"],
        unique=True,
        postgresql_where="settled_at IS NULL",
    )
    op.create_index(
        "ix_triage_entries_queue",
        "triage_entries",
        ["jurisdiction_id", "raised_at", "id"],
        postgresql_where="settled_at IS NULL",
    )


def _create_edges() -> None:
    op.create_table(
        "boundary_edges",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("boundary_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("edge", Geography("LINESTRING", srid=4326, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["boundary_id"],
            ["boundaries.id"],
            name=op.f("fk_boundary_edges_boundary_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["boundary_sets.id"],
            name=op.f("fk_boundary_edges_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundary_edges")),
    )
    op.execute(FILL_EDGES)
    for name, column in (("nearest", sa.text("((edge)::geometry)")), ("within", "edge")):
        op.create_index(
            f"ix_boundary_edges_{name}",
            "boundary_edges",
            ["set_id", column],
            postgresql_using="gist",
        )
    op.create_index("ix_boundary_edges_boundary", "boundary_edges", ["boundary_id"])


def downgrade() -> None:
    for table in (
        "boundary_edges",
        "triage_entries",
        "routing_steps",
        "carry_overs",
        "canaries",
        "holidays",
        "business_hours",
    ):
        op.drop_table(table)
    op.execute(HISTORY_STAYED)
    op.drop_column("api_keys", "staff")
    # Without them a row would stand for nothing.
    op.execute("DELETE FROM service_request_boundaries WHERE boundary_id IS NULL")
    for name in ("neighbor_id", "neighbor_meters", "near"):
        op.drop_column("service_request_boundaries", name)
    op.alter_column("service_request_boundaries", "boundary_id", nullable=False)
    for name in ("pinned", "accepted_at", "location_from", "accuracy_meters", "near_border"):
        op.drop_column("service_requests", name)
    # Two rules that only these told apart cannot both stay in use.
    op.execute(
        "UPDATE routing_rules SET active = false WHERE num_nonnulls(question, answer, hours, "
        "weekdays, time_from, time_until, season_from, season_until) > 0"
    )
    op.drop_index("uq_routing_rules_case", "routing_rules")
    for name in RULE_CONDITIONS:
        op.drop_column("routing_rules", name)
    op.create_index(
        "uq_routing_rules_case",
        "routing_rules",
        RULE_CASE,
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where="active",
    )
    for name in ("exception", "reach_meters"):
        op.drop_column("boundary_layers", name)
    _restore_sets()


def _restore_sets() -> None:
    """Let drafts and withdrawn sets be never in force, the only way to say so before."""
    op.drop_constraint("ex_boundary_sets_one_in_force", "boundary_sets")
    op.execute(
        "UPDATE boundary_sets SET in_force_from = coalesce(in_force_from, '1900-01-01'), "
        "in_force_until = coalesce(in_force_from, '1900-01-01'), asked_until = NULL "
        "WHERE published_at IS NULL OR withdrawn_at IS NOT NULL"
    )
    for name in (
        "asked_until",
        "license",
        "vintage",
        "imported_by",
        "published_at",
        "published_by",
        "withdrawn_at",
        "withdrawn_by",
        "carry_over",
    ):
        op.drop_column("boundary_sets", name)
    op.alter_column("boundary_sets", "in_force_from", nullable=False)
    op.execute(ONE_WAS_IN_FORCE)
