"""The first tables, and the triggers that keep a status history truthful."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


STATUS_FOLLOWS_HISTORY = """
CREATE FUNCTION status_follows_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest status_changes;
BEGIN
    SELECT * INTO latest FROM status_changes
    WHERE service_request_pk = NEW.service_request_pk
    ORDER BY changed_at DESC, id DESC LIMIT 1;
    UPDATE service_requests
    SET status = latest.status,
        status_notes = latest.status_notes,
        updated_datetime = latest.changed_at
    WHERE pk = NEW.service_request_pk
      AND (status, status_notes, updated_datetime)
          IS DISTINCT FROM (latest.status, latest.status_notes, latest.changed_at);
    RETURN NULL;
END
$$
"""

# A deletion that comes with that of the service request itself is one level deeper.
HISTORY_STAYS = """
CREATE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE SEQUENCE service_request_numbers")
    op.create_table(
        "jurisdictions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("key_service", sa.String(), nullable=False),
        sa.Column("default_department", sa.String(), nullable=False),
        sa.Column("outside_department", sa.String(), nullable=True),
        sa.Column(
            "service_area",
            geoalchemy2.Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
            nullable=True,
        ),
        sa.Column("service_area_source", sa.String(), nullable=False),
        sa.Column(
            "catalog_changed_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False
        ),
        sa.CheckConstraint(
            "contact <> '' AND key_service <> ''", name=op.f("ck_jurisdictions_reachable")
        ),
        sa.CheckConstraint("id <> ''", name=op.f("ck_jurisdictions_id_not_empty")),
        sa.CheckConstraint(
            "timezone(time_zone, timestamp '2000-01-01') IS NOT NULL",
            name=op.f("ck_jurisdictions_time_zone_exists"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdictions")),
    )
    op.create_index(
        "ix_jurisdictions_service_area",
        "jurisdictions",
        ["service_area"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_api_keys_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index(
        "uq_api_keys_name_in_use",
        "api_keys",
        ["jurisdiction_id", "name"],
        unique=True,
        postgresql_where="revoked_at IS NULL",
    )
    op.create_table(
        "boundary_layers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_]*$'", name=op.f("ck_boundary_layers_code_form")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_boundary_layers_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundary_layers")),
        sa.UniqueConstraint(
            "jurisdiction_id", "code", name=op.f("uq_boundary_layers_jurisdiction_id_code")
        ),
        sa.UniqueConstraint(
            "jurisdiction_id", "id", name=op.f("uq_boundary_layers_jurisdiction_id_id")
        ),
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("code <> '' AND name <> ''", name=op.f("ck_departments_named")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_departments_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint(
            "jurisdiction_id", "code", name=op.f("uq_departments_jurisdiction_id_code")
        ),
        sa.UniqueConstraint(
            "jurisdiction_id", "id", name=op.f("uq_departments_jurisdiction_id_id")
        ),
    )
    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("service_name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("keywords", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("expected_days", sa.Double(), nullable=True),
        sa.Column("service_notice", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "service_code <> '' AND service_name <> ''", name=op.f("ck_services_named")
        ),
        sa.CheckConstraint(
            "type IN ('realtime', 'batch', 'blackbox')", name=op.f("ck_services_type_known")
        ),
        sa.CheckConstraint("expected_days > 0", name=op.f("ck_services_expected_days_positive")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_services_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("jurisdiction_id", "id", name=op.f("uq_services_jurisdiction_id_id")),
        sa.UniqueConstraint(
            "jurisdiction_id", "service_code", name=op.f("uq_services_jurisdiction_id_service_code")
        ),
    )
    op.create_table(
        "boundary_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("imported_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("layer_id"), "="),
            (sa.text("daterange(in_force_from, in_force_until)"), "&&"),
            using="gist",
            name="ex_boundary_sets_one_in_force",
        ),
        sa.CheckConstraint(
            "in_force_until >= in_force_from", name=op.f("ck_boundary_sets_dates_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["layer_id"], ["boundary_layers.id"], name=op.f("fk_boundary_sets_layer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundary_sets")),
        sa.UniqueConstraint("id", "layer_id", name=op.f("uq_boundary_sets_id_layer_id")),
    )
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("service_group", sa.String(), nullable=True),
        sa.Column("layer_id", sa.Integer(), nullable=True),
        sa.Column("boundary_code", sa.String(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "boundary_code IS NULL OR layer_id IS NOT NULL",
            name=op.f("ck_routing_rules_boundary_in_layer"),
        ),
        sa.CheckConstraint(
            "service_id IS NULL OR service_group IS NULL",
            name=op.f("ck_routing_rules_service_or_group"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
            name=op.f("fk_routing_rules_jurisdiction_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "layer_id"],
            ["boundary_layers.jurisdiction_id", "boundary_layers.id"],
            name=op.f("fk_routing_rules_jurisdiction_id_layer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"],
            ["services.jurisdiction_id", "services.id"],
            name=op.f("fk_routing_rules_jurisdiction_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_routing_rules_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    op.create_index(
        "uq_routing_rules_case",
        "routing_rules",
        ["jurisdiction_id", "service_id", "service_group", "layer_id", "boundary_code"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where="active",
    )
    op.create_index(
        "uq_routing_rules_code", "routing_rules", ["jurisdiction_id", "code"], unique=True
    )
    op.create_table(
        "service_attributes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("datatype", sa.String(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("variable", sa.Boolean(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("datatype_description", sa.String(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_service_attributes_code_not_empty")),
        sa.CheckConstraint(
            "datatype IN ('string', 'number', 'datetime', 'text', "
            "'singlevaluelist', 'multivaluelist')",
            name=op.f("ck_service_attributes_datatype_known"),
        ),
        sa.CheckConstraint('"order" > 0', name=op.f("ck_service_attributes_order_positive")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_service_attributes_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_attributes")),
        sa.UniqueConstraint(
            "service_id", "code", name=op.f("uq_service_attributes_service_id_code")
        ),
        sa.UniqueConstraint(
            "service_id",
            "order",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_service_attributes_service_id_order"),
        ),
    )
    op.create_table(
        "attribute_values",
        sa.Column("attribute_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f("ck_attribute_values_key_not_empty")),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["service_attributes.id"],
            name=op.f("fk_attribute_values_attribute_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attribute_id", "key", name=op.f("pk_attribute_values")),
        sa.UniqueConstraint(
            "attribute_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_attribute_values_attribute_id_position"),
        ),
    )
    op.create_table(
        "boundaries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "geometry",
            geoalchemy2.Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
            nullable=False,
        ),
        sa.CheckConstraint("code <> ''", name=op.f("ck_boundaries_code_not_empty")),
        sa.CheckConstraint(
            "ST_IsValid(geometry) AND NOT ST_IsEmpty(geometry)",
            name=op.f("ck_boundaries_geometry_valid"),
        ),
        sa.ForeignKeyConstraint(
            ["set_id", "layer_id"],
            ["boundary_sets.id", "boundary_sets.layer_id"],
            name=op.f("fk_boundaries_set_id_layer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundaries")),
        sa.UniqueConstraint("id", "layer_id", name=op.f("uq_boundaries_id_layer_id")),
        sa.UniqueConstraint("set_id", "code", name=op.f("uq_boundaries_set_id_code")),
        sa.UniqueConstraint("set_id", "position", name=op.f("uq_boundaries_set_id_position")),
    )
    op.create_index(
        "ix_boundaries_geometry", "boundaries", ["geometry"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "service_requests",
        sa.Column("pk", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("service_request_id", sa.String(), nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("routing_rule_id", sa.Integer(), nullable=True),
        sa.Column("routing_reason", sa.String(), nullable=False),
        sa.Column(
            "location", geoalchemy2.Geometry("POINT", srid=4326, spatial_index=False), nullable=True
        ),
        sa.Column("address_string", sa.String(), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("zipcode", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("media_url", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_notes", sa.String(), nullable=False),
        sa.Column(
            "requested_datetime", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False
        ),
        sa.Column(
            "updated_datetime", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False
        ),
        sa.Column(
            "expected_datetime", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=True
        ),
        sa.CheckConstraint(
            "jsonb_typeof(answers) = 'object'", name=op.f("ck_service_requests_answers_are_object")
        ),
        sa.CheckConstraint(
            "location IS NOT NULL OR address_string <> '' OR address_id <> ''",
            name=op.f("ck_service_requests_somewhere"),
        ),
        sa.CheckConstraint(
            "service_request_id <> ''", name=op.f("ck_service_requests_id_not_empty")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'closed')", name=op.f("ck_service_requests_status_known")
        ),
        sa.CheckConstraint(
            "NOT public OR service_request_id IS NOT NULL",
            name=op.f("ck_service_requests_public_has_id"),
        ),
        sa.CheckConstraint(
            "NOT ST_IsEmpty(location) AND abs(ST_X(location)) <= 180 AND abs(ST_Y(location)) <= 90",
            name=op.f("ck_service_requests_location_on_earth"),
        ),
        sa.CheckConstraint(
            "char_length(description) <= 4000", name=op.f("ck_service_requests_description_length")
        ),
        sa.CheckConstraint(
            "updated_datetime >= requested_datetime",
            name=op.f("ck_service_requests_updated_after_requested"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
            name=op.f("fk_service_requests_jurisdiction_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"],
            ["services.jurisdiction_id", "services.id"],
            name=op.f("fk_service_requests_jurisdiction_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_service_requests_jurisdiction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["routing_rule_id"],
            ["routing_rules.id"],
            name=op.f("fk_service_requests_routing_rule_id"),
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_service_requests")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "service_request_id",
            name=op.f("uq_service_requests_jurisdiction_id_service_request_id"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_service_requests_token")),
    )
    op.create_index(
        "ix_service_requests_location",
        "service_requests",
        ["location"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "ix_service_requests_newest",
        "service_requests",
        ["jurisdiction_id", "requested_datetime", "pk"],
        unique=False,
    )
    op.create_index(
        "ix_service_requests_open",
        "service_requests",
        ["jurisdiction_id", "requested_datetime", "pk"],
        unique=False,
        postgresql_where="status = 'open'",
    )
    op.create_index(
        "ix_service_requests_service",
        "service_requests",
        ["service_id", "requested_datetime", "pk"],
        unique=False,
    )
    op.create_index(
        "ix_service_requests_updated",
        "service_requests",
        ["jurisdiction_id", "updated_datetime", "pk"],
        unique=False,
    )
    op.create_table(
        "reporters",
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_reporters_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_pk", name=op.f("pk_reporters")),
    )
    op.create_table(
        "service_request_boundaries",
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("layer_id", sa.Integer(), nullable=False),
        sa.Column("boundary_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["boundary_id", "layer_id"],
            ["boundaries.id", "boundaries.layer_id"],
            name=op.f("fk_service_request_boundaries_boundary_id_layer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_service_request_boundaries_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "service_request_pk", "layer_id", name=op.f("pk_service_request_boundaries")
        ),
    )
    op.create_index(
        "ix_service_request_boundaries_boundary",
        "service_request_boundaries",
        ["boundary_id", "service_request_pk"],
        unique=False,
    )
    op.create_table(
        "status_changes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_notes", sa.String(), nullable=False),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'closed')", name=op.f("ck_status_changes_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_status_changes_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    op.create_index(
        "ix_status_changes_latest",
        "status_changes",
        ["service_request_pk", "changed_at", "id"],
        unique=False,
    )
    for role in ("default", "outside"):
        op.create_foreign_key(
            f"fk_jurisdictions_{role}_department",
            "jurisdictions",
            "departments",
            ["id", f"{role}_department"],
            ["jurisdiction_id", "code"],
            deferrable=True,
            initially="DEFERRED",
        )
    op.execute(STATUS_FOLLOWS_HISTORY)
    op.execute(HISTORY_STAYS)
    op.execute(
        "CREATE TRIGGER status_follows_history AFTER INSERT ON status_changes "
        "FOR EACH ROW EXECUTE FUNCTION status_follows_history()"
    )
    op.execute(
        "CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON status_changes "
        "FOR EACH ROW EXECUTE FUNCTION history_stays()"
    )


def downgrade() -> None:
    for role in ("default", "outside"):
        op.drop_constraint(f"fk_jurisdictions_{role}_department", "jurisdictions")
    op.drop_table("status_changes")
    op.drop_table("service_request_boundaries")
    op.drop_table("reporters")
    op.drop_table("service_requests")
    op.drop_table("boundaries")
    op.drop_table("attribute_values")
    op.drop_table("service_attributes")
    op.drop_table("routing_rules")
    op.drop_table("boundary_sets")
    op.drop_table("services")
    op.drop_table("departments")
    op.drop_table("boundary_layers")
    op.drop_table("api_keys")
    op.drop_table("jurisdictions")
    op.execute("DROP FUNCTION history_stays")
    op.execute("DROP FUNCTION status_follows_history")
    op.execute("DROP SEQUENCE service_request_numbers")
