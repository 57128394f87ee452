"""Indexes that staff lists are counted from alone."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

REQUESTS = "service_requests"
COUNTED = ["status", "service_id", "department_id", "sandbox", "withdrawn_at"]
OPEN = sa.text("status = 'open'")
BY_TIME = ["jurisdiction_id", "requested_datetime", "pk"]
BY_DUE_DATE = ["jurisdiction_id", "expected_datetime", "pk"]
CHANGED = ("counts", "open", "due")
UNPLACED = "location IS NULL OR abs(st_y(location)) >= 85.05112877980659"


def upgrade() -> None:
    _drop(*CHANGED)
    keys, seen = ["jurisdiction_id", "status", "service_id"], "NOT sandbox AND withdrawn_at IS NULL"
    _create("counts", [*keys, "department_id"], where=sa.text(seen))
    _create("unplaced", keys, where=sa.text(f"{seen} AND ({UNPLACED})"))
    _create("open", BY_TIME, where=OPEN, include=[*COUNTED, "accepted_at", "waits_since"])
    due = [*COUNTED, "waits_since", "public", "location"]
    _create("due", BY_DUE_DATE, where=OPEN, include=due)
    _create("waiting", BY_TIME, where=sa.text("waits_since IS NOT NULL"))


def downgrade() -> None:
    _drop(*CHANGED, "waiting", "unplaced")
    keys, more = ["jurisdiction_id", "status", "service_id"], ["department_id"]
    _create("counts", keys, include=[*more, "sandbox", "withdrawn_at"])
    _create("open", BY_TIME, where=OPEN)
    on_maps = ["location", "service_id", "public", "sandbox", "withdrawn_at", "waits_since"]
    _create("due", BY_DUE_DATE, where=OPEN, include=on_maps)


def _create(
    name: str,
    keys: list[str],
    *,
    where: sa.TextClause | None = None,
    include: list[str] | None = None,
) -> None:
    op.create_index(
        f"ix_service_requests_{name}",
        REQUESTS,
        keys,
        postgresql_where=where,
        postgresql_include=include,
    )


def _drop(*names: str) -> None:
    for name in names:
        op.drop_index(f"ix_service_requests_{name}", REQUESTS)
