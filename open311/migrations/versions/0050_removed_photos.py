"""Keep in the history that a photo of an internal note was removed."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

STEPS = (
    "'noted', 'assigned', 'released', 'linked', 'unlinked', 'waits', 'resumed', 'answered', "
    "'prioritized', 'tagged', 'untagged', 'bulk_undone'"
)


def upgrade() -> None:
    _replace(f"{STEPS}, 'photo_removed'")


def downgrade() -> None:
    op.execute("ALTER TABLE work_steps DISABLE TRIGGER history_stays")
    op.execute("DELETE FROM work_steps WHERE kind = 'photo_removed'")
    op.execute("ALTER TABLE work_steps ENABLE TRIGGER history_stays")
    _replace(STEPS)


def _replace(steps: str) -> None:
    name = op.f("ck_work_steps_kind_known")
    op.drop_constraint(name, "work_steps")
    op.create_check_constraint(name, "work_steps", f"kind IN ({steps})")
