"""Give the catalog, keys, rules, and maps of all cities one version, renewed by each change.

Workers keep a snapshot of these tables in memory, and compare its version with this one in each
answer. The version is random: a restored or copied database has the version of its content, and no
two contents share one. Triggers renew it at commit, so that no writer waits for another's work.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    *("jurisdictions", "address_registers", "api_keys", "departments"),
    *("services", "service_attributes", "attribute_values"),
    *("boundary_layers", "boundary_sets", "boundaries"),
    *("routing_rules", "business_hours", "holidays"),
)

RENEW = """
CREATE FUNCTION renew_city_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('open311.city_renewed', true), '') = '' THEN
        UPDATE city_version SET version = gen_random_uuid();
        PERFORM set_config('open311.city_renewed', 'yes', true);
    END IF;
    RETURN NULL;
END
$$
"""

# As in migration 0011, in a language that keeps its plan: each list asks it.
OLDEST_OPEN_CHANGE = """
CREATE OR REPLACE FUNCTION oldest_open_change() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT min((classid::bigint << 31) + objid::bigint) FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    );
END
$$
"""

FORMER_OLDEST_OPEN_CHANGE = """
CREATE OR REPLACE FUNCTION oldest_open_change() RETURNS bigint LANGUAGE sql AS $$
    SELECT min((classid::bigint << 31) + objid::bigint) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$
"""


def upgrade() -> None:
    op.create_table(
        "city_version",
        sa.Column("is_only", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("ck_city_version_one_row")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("pk_city_version")),
    )
    op.execute("INSERT INTO city_version VALUES (true, gen_random_uuid())")
    op.execute(RENEW)
    op.execute(OLDEST_OPEN_CHANGE)
    for table in TABLES:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER renew_city_version AFTER INSERT OR UPDATE OR DELETE "
            f"ON {table} DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW EXECUTE FUNCTION renew_city_version()"
        )
        op.execute(
            f"CREATE TRIGGER renew_city_version_emptied AFTER TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION renew_city_version()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER renew_city_version_emptied ON {table}")
        op.execute(f"DROP TRIGGER renew_city_version ON {table}")
    op.execute(FORMER_OLDEST_OPEN_CHANGE)
    op.execute("DROP FUNCTION renew_city_version()")
    op.drop_table("city_version")
