"""Keep bulk actions with what they changed, priorities, and tags."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WORK_STEPS = "'noted', 'assigned', 'released', 'linked', 'unlinked', 'waits', 'resumed', 'answered'"
ROUTING_STEPS = (
    "'accepted', 'handed_over', 'moved', 'service_changed', 'carried_over', 'undone', 'pinned', "
    "'unpinned'"
)
WITH_TEXT = "'noted', 'assigned', 'linked'"
NEW_STEPS = "'prioritized', 'tagged', 'untagged', 'bulk_undone'"
ACTIONS = (
    "'take-on', 'assign', 'hand-over', 'status', 'respond', 'service', 'link', 'accept', "
    "'priority', 'tag', 'untag'"
)


def upgrade() -> None:
    _replace("work_steps", "kind_known", f"kind IN ({WORK_STEPS}, {NEW_STEPS})")
    _replace("work_steps", "says_what", f"text <> '' OR kind NOT IN ({WITH_TEXT}, {NEW_STEPS})")
    _replace("routing_steps", "kind_known", f"kind IN ({ROUTING_STEPS}, 'restored')")
    op.add_column(
        "service_requests",
        sa.Column("priority", sa.SmallInteger(), server_default="3", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_service_requests_priority_known"), "service_requests", "priority BETWEEN 1 AND 4"
    )
    op.create_index(
        "ix_service_requests_priority", "service_requests", ["jurisdiction_id", "priority", "pk"]
    )
    _create_tags()
    _create_changes()
    _create_items()


def _replace(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _create_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _check(
            "tags",
            "name_form",
            "name IS NFC NORMALIZED AND name = lower(btrim(name)) AND name !~ '  |[[:cntrl:],]' "
            "AND char_length(name) BETWEEN 1 AND 40",
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_tags_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("jurisdiction_id", "name", name=op.f("uq_tags_jurisdiction_id_name")),
    )
    op.create_table(
        "request_tags",
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_request_tags_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_request_tags_tag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_request_pk", "tag_id", name=op.f("pk_request_tags")),
    )
    op.create_index("ix_request_tags_tag", "request_tags", ["tag_id", "service_request_pk"])


def _create_changes() -> None:
    table = "bulk_changes"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", _moment(), nullable=False),
        sa.Column("finished_at", _moment(), nullable=True),
        sa.Column("undo_at", _moment(), nullable=True),
        sa.Column("undo_user_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", _moment(), nullable=True),
        _check(table, "action_known", f"action IN ({ACTIONS})"),
        _check(table, "fields_are_object", "jsonb_typeof(fields) = 'object'"),
        _check(
            table,
            "undone_when_finished",
            "(undo_at IS NULL) = (undo_user_id IS NULL) "
            "AND (undo_at IS NULL OR finished_at IS NOT NULL)",
        ),
        _check(table, "undone_by_someone", "undone_at IS NULL OR undo_at IS NOT NULL"),
        *(
            sa.ForeignKeyConstraint(
                ["jurisdiction_id", column],
                ["users.jurisdiction_id", "users.id"],
                name=op.f(f"fk_bulk_changes_jurisdiction_id_{column}"),
            )
            for column in ("user_id", "undo_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_changes")),
    )
    op.create_index("ix_bulk_changes_newest", table, ["jurisdiction_id", "made_at", "id"])


def _moment() -> postgresql.TIMESTAMP:
    return postgresql.TIMESTAMP(timezone=True, precision=0)


def _create_items() -> None:
    table = "bulk_items"
    op.create_table(
        table,
        sa.Column("bulk_change_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", postgresql.JSONB(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        _check(table, "state_known", "state IN ('waiting', 'done', 'refused', 'undone', 'kept')"),
        _check(table, "seen_counted", "seen > 0"),
        _check(table, "problem_told", "(state IN ('refused', 'kept')) = (problem IS NOT NULL)"),
        _check(
            table,
            "done_is_known",
            "(state IN ('done', 'undone', 'kept')) = (before IS NOT NULL) "
            "AND (before IS NULL) = (after IS NULL)",
        ),
        sa.ForeignKeyConstraint(
            ["bulk_change_id"],
            ["bulk_changes.id"],
            name=op.f("fk_bulk_items_bulk_change_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_bulk_items_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("bulk_change_id", "position", name=op.f("pk_bulk_items")),
    )
    op.create_index("ix_bulk_items_state", table, ["bulk_change_id", "state", "position"])
    op.create_index("ix_bulk_items_service_request", table, ["service_request_pk"])


def downgrade() -> None:
    for table in ("bulk_items", "bulk_changes", "request_tags", "tags"):
        op.drop_table(table)
    op.drop_index("ix_service_requests_priority", "service_requests")
    op.drop_constraint(op.f("ck_service_requests_priority_known"), "service_requests")
    op.drop_column("service_requests", "priority")
    _change("work_steps", f"DELETE FROM work_steps WHERE kind IN ({NEW_STEPS})")  # noqa: S608
    _change("routing_steps", "UPDATE routing_steps SET kind = 'undone' WHERE kind = 'restored'")
    _replace("routing_steps", "kind_known", f"kind IN ({ROUTING_STEPS})")
    _replace("work_steps", "says_what", f"text <> '' OR kind NOT IN ({WITH_TEXT})")
    _replace("work_steps", "kind_known", f"kind IN ({WORK_STEPS})")


def _change(table: str, statement: str) -> None:
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER history_stays")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER history_stays")
