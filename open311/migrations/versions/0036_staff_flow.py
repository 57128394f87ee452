"""Keep how members of staff want to work, and their response templates."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("after_action", sa.String(), server_default="stay", nullable=False)
    )
    op.add_column(
        "users", sa.Column("shortcuts", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    known = op.f("ck_users_after_action_known")
    op.create_check_constraint(known, "users", "after_action IN ('stay', 'next')")
    _create_templates()
    _create_notes()
    _create_services()


STATUSES = (
    "'open', 'for_triage', 'investigating', 'planned', 'action_scheduled', 'in_progress', "
    "'closed', 'fixed', 'no_further_action', 'not_councils_responsibility', 'duplicate', "
    "'internal_referral', 'cancelled'"
)


def _create_templates() -> None:
    table = "response_templates"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("detailed_status", sa.String(), nullable=True),
        sa.Column("internal_note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _check(table, "named", "name ~ '[^\\s]' AND length(name) <= 100"),
        _check(table, "detailed_status_known", f"detailed_status IN ({STATUSES})"),
        _check(table, "note_limited", "length(internal_note) <= 4000"),
        _check(table, "changes_something", "detailed_status IS NOT NULL OR internal_note <> ''"),
        _check(table, "version_counted", "version > 0"),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_response_templates_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_templates")),
        sa.UniqueConstraint(
            "jurisdiction_id", "id", name=op.f("uq_response_templates_jurisdiction_id_id")
        ),
        sa.UniqueConstraint(
            "jurisdiction_id", "name", name=op.f("uq_response_templates_jurisdiction_id_name")
        ),
    )


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _create_notes() -> None:
    op.create_table(
        "response_notes",
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        _check("response_notes", "language_known", "language IN ('en', 'es')"),
        _check("response_notes", "note_limited", "note <> '' AND length(note) <= 2000"),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["response_templates.id"],
            name=op.f("fk_response_notes_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", "language", name=op.f("pk_response_notes")),
    )


def _create_services() -> None:
    op.create_table(
        "response_services",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"],
            ["services.jurisdiction_id", "services.id"],
            name=op.f("fk_response_services_jurisdiction_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "template_id"],
            ["response_templates.jurisdiction_id", "response_templates.id"],
            name=op.f("fk_response_services_jurisdiction_id_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", "service_id", name=op.f("pk_response_services")),
    )
    op.create_index(
        "ix_response_services_service", "response_services", ["service_id", "template_id"]
    )


def downgrade() -> None:
    for table in ("response_services", "response_notes", "response_templates"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_users_after_action_known"), "users")
    op.drop_column("users", "shortcuts")
    op.drop_column("users", "after_action")
