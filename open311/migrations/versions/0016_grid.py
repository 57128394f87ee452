"""Totals of service requests by cells of the map, kept by triggers."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Web Mercator in parts of 1 / 2^32 of the world, about a centimeter, from the north west.
# Whole numbers, so that sums are exact.
GRID_X = """
CREATE FUNCTION grid_x(place geometry) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(floor((ST_X(place) + 180) / 360 * 4294967296), 4294967295)::bigint
$$
"""

# NULL beyond the latitude at which the map ends.
GRID_Y = """
CREATE FUNCTION grid_y(place geometry) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN abs(ST_Y(place)) < 85.05112877980659 THEN least(4294967295, greatest(0, floor(
        (0.5 - asinh(tan(radians(ST_Y(place)))) / (2 * pi())) * 4294967296
    )))::bigint END
$$
"""

# OFFSET 0 keeps PostgreSQL from calculating each coordinate several times.
ENTRIES = """
    INSERT INTO request_grid_log (
        jurisdiction_id, sandbox, public, service_id, status, x, y,
        requests, sum_x, sum_y, sum_submitted, sum_pk
    )
    SELECT jurisdiction_id, sandbox, public, service_id, status, x >> 12, y >> 12,
        sum(sign), sum(sign * x), sum(sign * y), sum(sign * submitted), sum(sign * pk)
    FROM (
        SELECT jurisdiction_id, sandbox, public, service_id, status, pk, {sign} AS sign,
            grid_x(location) AS x, grid_y(location) AS y,
            extract(epoch FROM coalesce(submitted_at, requested_datetime))::bigint AS submitted
        FROM {rows}
        WHERE withdrawn_at IS NULL AND location IS NOT NULL
        OFFSET 0
    ) AS placed
    WHERE y IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

LOG = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {entries};
    RETURN NULL;
END
$$
"""

REPLACED = "(SELECT (OLD).*, -1 AS sign UNION ALL SELECT (NEW).*, 1) AS replaced"

# By row, since most changes leave all of these as they are: of those, no row is copied.
# As bytes, because a restored dump does not find the operator of geometries.
CHANGED = " OR ".join(
    f"OLD.{value} IS DISTINCT FROM NEW.{value}"
    for value in (
        *("status", "location::bytea", "service_id", "public", "sandbox", "withdrawn_at"),
        *("jurisdiction_id", "submitted_at", "requested_datetime", "pk"),
    )
)

TRIGGERS = {
    "log_added": "AFTER INSERT ON service_requests REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION log_added_requests()",
    "log_deleted": "AFTER DELETE ON service_requests REFERENCING OLD TABLE AS deleted "
    "FOR EACH STATEMENT EXECUTE FUNCTION log_deleted_requests()",
    "log_replaced": "AFTER UPDATE ON service_requests "
    f"FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION log_replaced_requests()",
}

FUNCTIONS = {
    "log_added_requests": {"sign": "1", "rows": "added"},
    "log_deleted_requests": {"sign": "-1", "rows": "deleted"},
    "log_replaced_requests": {"sign": "sign", "rows": REPLACED},
}


DUE_ON_MAPS = ("location", "service_id", "public", "sandbox", "withdrawn_at", "waits_since")


def upgrade() -> None:
    op.create_table(
        "request_grid",
        *_keys(),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        *_sums(),
        sa.PrimaryKeyConstraint(
            *("jurisdiction_id", "sandbox", "service_id", "level", "x", "y", "public", "status"),
            name=op.f("pk_request_grid"),
        ),
    )
    op.create_table("request_grid_log", *_keys(), *_sums())
    op.execute(GRID_X)
    op.execute(GRID_Y)
    for name, values in FUNCTIONS.items():
        op.execute(LOG.format(name=name, entries=ENTRIES.format(**values)))
    for name, fires in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {fires}")
    op.execute(ENTRIES.format(sign="1", rows="service_requests"))
    _replace_due(include=DUE_ON_MAPS)


def _replace_due(include: tuple[str, ...]) -> None:
    op.drop_index("ix_service_requests_due", "service_requests")
    op.create_index(
        "ix_service_requests_due",
        "service_requests",
        ["jurisdiction_id", "expected_datetime", "pk"],
        postgresql_where="status = 'open'",
        postgresql_include=include,
    )


def _keys() -> list[sa.Column[object]]:
    return [
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("sandbox", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
    ]


def _sums() -> list[sa.Column[object]]:
    return [
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("sum_x", sa.BigInteger(), nullable=False),
        sa.Column("sum_y", sa.BigInteger(), nullable=False),
        sa.Column("sum_submitted", sa.BigInteger(), nullable=False),
        sa.Column("sum_pk", sa.BigInteger(), nullable=False),
    ]


def downgrade() -> None:
    _replace_due(include=())
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON service_requests")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION grid_y(geometry)")
    op.execute("DROP FUNCTION grid_x(geometry)")
    op.drop_table("request_grid_log")
    op.drop_table("request_grid")
