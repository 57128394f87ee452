"""Add email confirmation, default priorities, orders, stops, photos of notes, and questions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

ADDRESS = "{0} = lower({0}) AND position('@' in {0}) > 1"

KINDS = (
    "'received', 'confirm', 'question', 'approved', 'status', 'closed', 'reopened', 'merged', "
    "'forwarded', 'followed', 'new', 'assigned', 'handed_over', 'answered', 'not_solved', 'due', "
    "'overdue', 'day', 'invitation', 'password_reset', {0}'webhook_paused', 'test', "
    "'confirm_alert', 'alert'"
)

SERVICES_BEFORE = (
    *("service_code", "service_name", "description", "group", "keywords", "type"),
    *("expected_days", "service_notice", "active", "is_on_site", "duplicate_meters"),
    *("looked_at_first", "urgent_text", "urgent_phone", "needs_contact", "reopen_days"),
)

DEPARTMENTS_BEFORE = ("code", "name", "foreign_endpoint_id", "email", "notices")

TEMPLATES_BEFORE = ("name", "position", "detailed_status", "internal_note")

SOMETHING = "detailed_status IS NOT NULL OR internal_note <> ''"


def upgrade() -> None:
    _confirm_addresses()
    _add_default_priority()
    for table in ("services", "departments"):
        op.add_column(table, sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("bulk_changes", sa.Column("stopped_user_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_bulk_changes_jurisdiction_id_stopped_user_id"),
        "bulk_changes",
        "users",
        ["jurisdiction_id", "stopped_user_id"],
        ["jurisdiction_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_bulk_changes_stopped_is_finished"),
        "bulk_changes",
        "stopped_user_id IS NULL OR finished_at IS NOT NULL",
    )
    _keep_photos_of_notes()
    _let_templates_ask()
    _set_audited("response_templates", (*TEMPLATES_BEFORE, "asks"))
    _set_audited("services", (*SERVICES_BEFORE, "default_priority", "position"))
    _set_audited("departments", (*DEPARTMENTS_BEFORE, "position"))


def _confirm_addresses() -> None:
    op.add_column("user_links", sa.Column("email", sa.String(), nullable=True))
    op.add_column("user_links", sa.Column("former_email", sa.String(), nullable=True))
    for name in ("email", "former_email"):
        whole = op.f(f"ck_user_links_{name}_form")
        op.create_check_constraint(whole, "user_links", ADDRESS.format(name))
    _replace(
        "user_links", "purpose_known", "purpose IN ('invitation', 'password_reset', 'email_change')"
    )
    op.create_check_constraint(
        op.f("ck_user_links_addresses_of_a_change"),
        "user_links",
        "(purpose = 'email_change') = (num_nonnulls(email, former_email) > 0)",
    )
    changes = KINDS.format("'email_change', 'email_changed', ")
    _replace("messages", "kind_known", f"kind IN ({changes})")


def _add_default_priority() -> None:
    op.add_column(
        "services",
        sa.Column("default_priority", sa.String(), nullable=False, server_default="normal"),
    )
    op.create_check_constraint(
        op.f("ck_services_default_priority_known"),
        "services",
        "default_priority IN ('urgent', 'high', 'normal', 'low')",
    )


def _keep_photos_of_notes() -> None:
    op.create_table(
        "note_photos",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("work_step_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_note_photos_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["work_step_id"],
            ["work_steps.id"],
            name=op.f("fk_note_photos_work_step_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_note_photos")),
    )
    op.create_index("ix_note_photos_step", "note_photos", ["work_step_id", "position"])
    op.create_index("ix_note_photos_service_request", "note_photos", ["service_request_pk"])


def _let_templates_ask() -> None:
    op.add_column(
        "response_templates",
        sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _replace("response_templates", "changes_something", f"{SOMETHING} OR asks")
    op.create_check_constraint(
        op.f("ck_response_templates_asks_alone"),
        "response_templates",
        "NOT asks OR (detailed_status IS NULL AND internal_note = '')",
    )


def _set_audited(table: str, columns: Sequence[str]) -> None:
    """Let the entries of a table show these columns; none of those here has secrets."""
    listed = ", ".join(f'"{one}"' for one in columns)
    op.execute(f"DROP TRIGGER audit ON {table}")
    op.execute(
        f"CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE OF {listed} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit('{','.join(columns)}', '')"
    )


def _replace(table: str, name: str, condition: str) -> None:
    whole = op.f(f"ck_{table}_{name}")
    op.drop_constraint(whole, table)
    op.create_check_constraint(whole, table, condition)


def downgrade() -> None:
    op.drop_table("note_photos")
    op.drop_column("bulk_changes", "stopped_user_id")
    _set_audited("response_templates", TEMPLATES_BEFORE)
    op.drop_constraint(op.f("ck_response_templates_asks_alone"), "response_templates")
    op.execute("DELETE FROM response_templates WHERE asks")
    _replace("response_templates", "changes_something", SOMETHING)
    op.drop_column("response_templates", "asks")
    _set_audited("departments", DEPARTMENTS_BEFORE)
    _set_audited("services", SERVICES_BEFORE)
    for table in ("services", "departments"):
        op.drop_column(table, "position")
    op.drop_column("services", "default_priority")
    _drop_addresses()


def _drop_addresses() -> None:
    op.execute("DELETE FROM messages WHERE kind IN ('email_change', 'email_changed')")
    op.execute("DELETE FROM user_links WHERE purpose = 'email_change'")
    _replace("messages", "kind_known", f"kind IN ({KINDS.format('')})")
    for name in ("addresses_of_a_change", "former_email_form", "email_form"):
        op.drop_constraint(op.f(f"ck_user_links_{name}"), "user_links")
    _replace("user_links", "purpose_known", "purpose IN ('invitation', 'password_reset')")
    op.drop_column("user_links", "former_email")
    op.drop_column("user_links", "email")
