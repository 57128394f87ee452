"""Confirm the email addresses of users."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0043"
branch_labels = None
depends_on = None

ADDRESS = "{0} = lower({0}) AND position('@' in {0}) > 1"

KINDS = (
    "'received', 'confirm', 'question', 'approved', 'status', 'closed', 'reopened', 'merged', "
    "'forwarded', 'followed', 'new', 'assigned', 'handed_over', 'answered', 'not_solved', 'due', "
    "'overdue', 'day', 'invitation', 'password_reset', {0}'webhook_paused', 'test', "
    "'confirm_alert', 'alert'"
)


def upgrade() -> None:
    _confirm_addresses()


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


def _replace(table: str, name: str, condition: str) -> None:
    whole = op.f(f"ck_{table}_{name}")
    op.drop_constraint(whole, table)
    op.create_check_constraint(whole, table, condition)


def downgrade() -> None:
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
