"""Rename what a database has in British spelling, if it was made by an earlier checkout.

The migrations before this one create the present names, so a new database needs nothing here.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = (
    ("jurisdictions", "catalogue_changed_at", "catalog_changed_at"),
    ("boundary_sets", "licence", "license"),
    ("boundary_layers", "reach_metres", "reach_meters"),
    ("address_registers", "licence", "license"),
    ("service_requests", "accuracy_metres", "accuracy_meters"),
    ("service_request_boundaries", "neighbour_id", "neighbor_id"),
    ("service_request_boundaries", "neighbour_metres", "neighbor_meters"),
)

CONSTRAINTS = (
    (
        "service_request_boundaries",
        "fk_service_request_boundaries_neighbour_id_layer_id",
        "fk_service_request_boundaries_neighbor_id_layer_id",
    ),
    (
        "service_request_boundaries",
        "ck_service_request_boundaries_neighbour_has_distance",
        "ck_service_request_boundaries_neighbor_has_distance",
    ),
    (
        "received_updates",
        "ck_received_updates_comment_accepted_sometime",
        "ck_received_updates_comment_has_accepted_at",
    ),
)

RENAME_COLUMN = """
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = '{old}'
    ) THEN
        ALTER TABLE {table} RENAME COLUMN {old} TO {new};
    END IF;
END
$$
"""

RENAME_CONSTRAINT = """
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_constraint WHERE conrelid = '{table}'::regclass AND conname = '{old}'
    ) THEN
        ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new};
    END IF;
END
$$
"""

# Rows as they were before a step, by column.
RENAME_IN_STEPS = """
UPDATE routing_steps
SET before = replace(
    replace(before::text, '"neighbour_id"', '"neighbor_id"'),
    '"neighbour_metres"', '"neighbor_meters"'
)::jsonb
WHERE before::text LIKE '%"neighbour_%'
"""


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.execute(RENAME_COLUMN.format(table=table, old=old, new=new))
    for table, old, new in CONSTRAINTS:
        op.execute(RENAME_CONSTRAINT.format(table=table, old=old, new=new))
    op.execute("ALTER TABLE routing_steps DISABLE TRIGGER history_stays")
    op.execute(RENAME_IN_STEPS)
    op.execute("ALTER TABLE routing_steps ENABLE TRIGGER history_stays")
    op.execute("DROP INDEX IF EXISTS ix_erasures_time")
    op.execute("CREATE INDEX IF NOT EXISTS ix_erasures_newest ON erasures (jurisdiction_id, id)")


def downgrade() -> None:
    """Keep the names: the migrations before this one create them."""
