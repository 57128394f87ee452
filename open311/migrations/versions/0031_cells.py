"""Keep the cell of each location, so that maps count overdue requests from an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE = "service_requests"
DUE = "ix_service_requests_due"

COUNTED = ("status", "service_id", "department_id", "sandbox", "withdrawn_at")

GRID_X = "least(floor((ST_X(place) + 180) / 360 * 4294967296), 4294967295)::bigint"
GRID_Y = """CASE WHEN abs(ST_Y(place)) < 85.05112877980659 THEN least(4294967295, greatest(0, floor(
    (0.5 - asinh(tan(radians(ST_Y(place)))) / (2 * pi())) * 4294967296
)))::bigint END"""

# Names in this body are looked up now. Those of a text are looked up at each use, and a dump that
# is restored does not find them.
FUNCTION = """
CREATE OR REPLACE FUNCTION grid_{axis}(place geometry) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {value}
"""
FUNCTION_OF_TEXT = """
CREATE OR REPLACE FUNCTION grid_{axis}(place geometry) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT {value} $$
"""


def upgrade() -> None:
    _replace_functions(FUNCTION)
    op.execute(
        f"ALTER TABLE {TABLE} "
        "ADD cell_x integer GENERATED ALWAYS AS ((grid_x(location) >> 12)::integer) STORED, "
        "ADD cell_y integer GENERATED ALWAYS AS ((grid_y(location) >> 12)::integer) STORED"
    )
    _replace_due((*COUNTED, "waits_since", "public", "cell_x", "cell_y"))


def _replace_functions(function: str) -> None:
    for axis, value in (("x", GRID_X), ("y", GRID_Y)):
        op.execute(sa.text(function.format(axis=axis, value=value).replace(":", r"\:")))


def _replace_due(include: tuple[str, ...]) -> None:
    op.drop_index(DUE, TABLE)
    op.create_index(
        DUE,
        TABLE,
        ["jurisdiction_id", "expected_datetime", "pk"],
        postgresql_where="status = 'open'",
        postgresql_include=include,
    )


def downgrade() -> None:
    _replace_due((*COUNTED, "waits_since", "public", "location"))
    for name in ("cell_x", "cell_y"):
        op.drop_column(TABLE, name)
    _replace_functions(FUNCTION_OF_TEXT)
